/**
 * A client of safezone's REST API, in one file without dependencies: node 18 or later, and browsers.
 *
 *     import { SafezoneClient } from "./safezone.mjs";
 *     const safezone = new SafezoneClient("https://safezone.example.org", { apiKey: "sz_…" });
 *     const { route } = await safezone.assess({ id: "2026-0042", title: "…", abstract: "…" });
 *     route.signal; // "no_flag" or "human_review": a triage signal for a person
 *
 * An API key belongs on a server: do not put one into a page.
 *
 * @typedef {{abstract: string, title?: string, id?: string | null, policy?: string | null}} Proposal
 * @typedef {"evidence" | "precedents" | "sentences" | "invariance"} Part
 * @typedef {{type: string, title: string, status: number, detail: string,
 *   errors?: {pointer: string, code: string, detail: string}[]}} Problem
 * @typedef {{level: string | null, probabilities: Record<string, number> | null, set: string[]}} Axis
 * @typedef {{id: string | null, abstained: boolean, sensitivity: Axis, instrumentation: Axis,
 *   data_use: Axis, benefit: Axis, areas: {slug: string, name: string, probability: number}[],
 *   route: {signal: "no_flag" | "human_review", mode: string | null, reasons: object[],
 *     safeguards: object[]}, evidence?: object, precedents?: object[], invariance?: object,
 *   list_pointers: object[], input: object, provenance: Record<string, string | number>}} Assessment
 * @typedef {{assessment: Assessment | null, problem: Problem | null}} BatchItem
 * @typedef {{id: string | null, assessment: Assessment | null,
 *   problem: {code: string, detail: string} | null}} JobRow
 * @typedef {{id: string, state: "queued" | "running" | "completed" | "failed", rows: number,
 *   done: number, bad: number, error: string | null, expires: string}} Job
 */

const URN = "urn:safezone:problem:";
const MOST_PROPOSALS = 64;
const MOST_BYTES = 1 << 20;
const AROUND = '{"proposals":[]}'.length;
// Holds the place of a proposal that no request can hold; JSON.stringify writes nothing like it.
const TOO_LARGE = "{ }";
// Besides 429, answers that say: not now.
const NOT_NOW = new Set([408, 429, 502, 503, 504]);

/** What went wrong. `kind` says what to do; no message holds any text of a proposal. */
export class SafezoneError extends Error {
  /**
   * @param {Problem} problem
   * @param {{requestId?: string | null, retryAfter?: number | null, cause?: unknown}} [more]
   */
  constructor(problem, { requestId = null, retryAfter = null, cause } = {}) {
    const items = (problem.errors ?? []).map(({ pointer, detail }) => ` ${pointer} ${detail}`);
    super(problem.detail + items.join(""), { cause });
    this.name = "SafezoneError";
    /** RFC 9457 problem details; status 0 where nobody answered. */
    this.problem = problem;
    /** The stable end of the problem's type, such as "invalid-proposal" or "busy". */
    this.kind = problem.type.startsWith(URN) ? problem.type.slice(URN.length) : problem.type;
    this.status = problem.status;
    /** What the service's operator can find the request by. */
    this.requestId = requestId;
    /** Milliseconds that the service asks to wait. */
    this.retryAfter = retryAfter;
  }
}

export class SafezoneClient {
  #base;
  #headers;
  #settings;

  /**
   * @param {string} baseUrl
   * @param {{apiKey?: string, timeout?: number, retries?: number, patience?: number,
   *   fetch?: typeof globalThis.fetch}} [settings] Times in milliseconds: `timeout` of one attempt
   *   (uploads and results have none), `patience` until which a call is made again, at most
   *   `retries` times.
   */
  constructor(baseUrl, settings = {}) {
    const { apiKey, timeout = 40_000, retries = 4, patience = 120_000 } = settings;
    this.#base = String(new URL(baseUrl)).replace(/\/+$/, "");
    this.#headers = apiKey ? { "x-api-key": apiKey } : {};
    const fetch = settings.fetch ?? globalThis.fetch.bind(globalThis);
    this.#settings = { timeout, retries, patience, fetch };
  }

  /**
   * The assessment of one proposal.
   * @param {Proposal} proposal
   * @param {{include?: Part[]}} [options]
   * @returns {Promise<Assessment>}
   */
  assess(proposal, { include } = {}) {
    return this.#post("/v1/assessments", { include }, JSON.stringify(proposal));
  }

  /**
   * The same as an object of scalars, for one column a value.
   * @param {Proposal} proposal
   * @returns {Promise<Record<string, string | number | boolean | null>>}
   */
  assessFlat(proposal) {
    return this.#post("/v1/assessments", { view: "flat" }, JSON.stringify(proposal));
  }

  /**
   * An assessment or a problem for each proposal of an iterable of any length, in their order.
   * @param {Iterable<Proposal> | AsyncIterable<Proposal>} proposals
   * @param {{include?: Part[], chunk?: number}} [options] `chunk`: how many are sent at a time, 1 to 64
   * @returns {AsyncGenerator<BatchItem>}
   */
  async *assessMany(proposals, { include, chunk = MOST_PROPOSALS } = {}) {
    const source = proposals[Symbol.asyncIterator]?.() ?? proposals[Symbol.iterator]();
    const waiting = [];
    try {
      for (;;) {
        const sent = await nextBatch(source, waiting, chunk);
        if (sent.length === 0) return;
        const body = `{"proposals":[${sent.join(",")}]}`;
        const { results } = await this.#post("/v1/assessments:batch", { include }, body);
        // What was not read in time is sent again, unless that is the first of all.
        const late = results.findIndex(({ problem }) => problem?.type === `${URN}deadline`);
        const stand = late > 0 ? late : results.length;
        waiting.unshift(...sent.slice(stand));
        yield* results
          .slice(0, stand)
          .map((item, i) => (sent[i] === TOO_LARGE ? { assessment: null, problem: tooLarge() } : item));
      }
    } finally {
      await source.return?.();
    }
  }

  /**
   * Hand a file of proposals in; it is assessed in the background.
   * @param {Blob} file CSV, TSV, XLSX, Parquet, JSON or JSON Lines
   * @param {{filename?: string, policy?: string, include?: Part[], idColumn?: string,
   *   titleColumn?: string, abstractColumn?: string, webhookUrl?: string,
   *   idempotencyKey?: string}} [options] The same `idempotencyKey` with the same file makes no
   *   second job; by default each call has its own.
   * @returns {Promise<Job>}
   */
  async submitJob(file, options = {}) {
    const form = new FormData();
    const fields = {
      policy: options.policy,
      include: options.include?.join(","),
      id_column: options.idColumn,
      title_column: options.titleColumn,
      abstract_column: options.abstractColumn,
      webhook_url: options.webhookUrl,
    };
    for (const [name, value] of Object.entries(fields)) {
      if (value !== undefined) form.append(name, value);
    }
    form.append("file", file, options.filename ?? file.name ?? "proposals");
    const key = options.idempotencyKey ?? (await webcrypto()).randomUUID();
    const headers = { "idempotency-key": key };
    return this.#call("/v1/jobs", { method: "POST", body: form, headers }, readJson, Infinity);
  }

  /**
   * @param {string} id
   * @returns {Promise<Job>}
   */
  job(id) {
    return this.#call(jobPath(id), {}, readJson);
  }

  /**
   * The job once it has ended, "completed" or "failed".
   * @param {string} id
   * @param {{onProgress?: (done: number, rows: number) => void, signal?: AbortSignal}} [options]
   * @returns {Promise<Job>}
   */
  async waitForJob(id, { onProgress, signal } = {}) {
    for (let pause = 250; ; pause = Math.min(pause * 1.5, 10_000)) {
      const job = await this.job(id);
      onProgress?.(job.done, job.rows);
      if (job.state === "completed" || job.state === "failed") return job;
      await sleep(pause);
      signal?.throwIfAborted();
    }
  }

  /**
   * What came of each row of the job's file, in order, as it arrives.
   * @param {string} id
   * @returns {AsyncGenerator<JobRow>}
   */
  async *results(id) {
    const path = `${jobPath(id)}/results?format=jsonl`;
    const reader = await this.#call(path, {}, (response) => response.body.getReader(), Infinity);
    const decoder = new TextDecoder();
    let rest = "";
    try {
      for (let ended = false; !ended; ) {
        const { value, done } = await reader.read();
        ended = done;
        const lines = (rest + decoder.decode(value, { stream: !done })).split("\n");
        rest = done ? "" : lines.pop();
        yield* lines.filter(Boolean).map((line) => JSON.parse(line));
      }
    } finally {
      await reader.cancel();
    }
  }

  /**
   * The results as a file, for a person to open.
   * @param {string} id
   * @param {"csv" | "xlsx" | "jsonl"} format
   * @returns {Promise<Blob>}
   */
  resultsFile(id, format) {
    const path = `${jobPath(id)}/results?format=${format}`;
    return this.#call(path, {}, (response) => response.blob(), Infinity);
  }

  /**
   * Cancel the job and have it forgotten with all its results; gone is gone, also before.
   * @param {string} id
   */
  async deleteJob(id) {
    await this.#call(jobPath(id), { method: "DELETE" }, () => null).catch((error) => {
      if (error.kind !== "not-found") throw error;
    });
  }

  #post(path, { include, view }, body) {
    const query = new URLSearchParams();
    if (include) query.set("include", include.join(","));
    if (view) query.set("view", view);
    const headers = { "content-type": "application/json" };
    return this.#call(`${path}?${query}`, { method: "POST", body, headers }, readJson);
  }

  async #call(path, init, read, timeout = this.#settings.timeout) {
    const { retries, patience } = this.#settings;
    const end = Date.now() + patience;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#attempt(path, init, read, timeout);
      } catch (error) {
        const pause = pauseAfter(error, attempt);
        if (attempt >= retries || Date.now() + pause > end) throw error;
        await sleep(pause);
      }
    }
  }

  async #attempt(path, init, read, timeout) {
    const headers = { ...this.#headers, ...init.headers };
    const signal = timeout === Infinity ? undefined : AbortSignal.timeout(timeout);
    let response;
    let text;
    try {
      response = await this.#settings.fetch(this.#base + path, { ...init, headers, signal });
      if (response.ok) return await read(response);
      text = await response.text();
    } catch (cause) {
      throw notReached(cause);
    }
    throw errorOf(response, text);
  }
}

/**
 * The event that a webhook tells of; the same one can come twice, with the same `webhook-id`.
 * @param {string} secret the API key's webhook secret, "whsec_…"
 * @param {Record<string, string> | Headers} headers
 * @param {string} body the text as it came, before any parsing
 * @returns {Promise<{type: string, timestamp: string, data: Job}>} rejected for any other webhook
 */
export async function verifyWebhook(secret, headers, body) {
  const all = new Headers(headers);
  const [id, time, signatures] = ["id", "timestamp", "signature"].map((n) => all.get(`webhook-${n}`));
  const { subtle } = await webcrypto();
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await subtle.importKey("raw", bytes(secret.replace(/^whsec_/, "")), hmac, false, ["verify"]);
  const content = new TextEncoder().encode(`${id}.${time}.${body}`);
  const fresh = Math.abs(Date.now() / 1000 - Number(time ?? NaN)) <= 300;
  for (const signature of fresh ? (signatures ?? "").split(" ") : []) {
    const given = signature.startsWith("v1,") && bytes(signature.slice(3));
    if (given && (await subtle.verify(hmac, key, given, content))) return JSON.parse(body);
  }
  throw new Error("The webhook's signature is missing, older than five minutes or not the service's.");
}

async function nextBatch(source, waiting, chunk) {
  const sent = [];
  let room = MOST_BYTES - AROUND;
  while (sent.length < chunk) {
    if (waiting.length === 0) {
      const { value, done } = await source.next();
      if (done) break;
      const text = JSON.stringify(value);
      waiting.push(size(text) > MOST_BYTES - AROUND ? TOO_LARGE : text);
    }
    room -= size(waiting[0]);
    if (room < 0) break;
    sent.push(waiting.shift());
  }
  return sent;
}

/** Bytes of a member of a list, with its comma. */
const size = (text) => new TextEncoder().encode(text).length + 1;

const jobPath = (id) => `/v1/jobs/${encodeURIComponent(id)}`;

const readJson = (response) => response.json();

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What base64 stands for; null for what is none. */
function bytes(base64) {
  try {
    return Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  } catch {
    return null;
  }
}

// Node 18 has it, but not under its global name.
const webcrypto = async () => globalThis.crypto ?? (await import("node:crypto")).webcrypto;

function pauseAfter(error, attempt) {
  if (error.retryAfter !== null) return error.retryAfter;
  if (error.status !== 0 && !NOT_NOW.has(error.status)) return Infinity;
  return Math.min(250 * 2 ** attempt + Math.random() * 500, 8_000);
}

function errorOf(response, text) {
  return new SafezoneError(problemOf(response.status, text), {
    requestId: response.headers.get("x-request-id"),
    retryAfter: milliseconds(response.headers.get("retry-after")),
  });
}

function problemOf(status, text) {
  try {
    const problem = JSON.parse(text);
    if (problem.type.startsWith(URN)) return problem;
  } catch {
    // A proxy's own page may repeat what was sent, so that nothing of it is passed on.
  }
  const title = "Something else answered";
  const detail = `The answer, of status ${status}, is not one of safezone's; check the base URL.`;
  return { type: "about:blank", title, status, detail };
}

function notReached(cause) {
  const title = "Nobody answered";
  const detail = `The service did not answer (${cause?.name}). See that it runs, and check the base URL.`;
  return new SafezoneError({ type: `${URN}connection-failed`, title, status: 0, detail }, { cause });
}

function tooLarge() {
  const detail = "A proposal of more than 1 MiB is not read. Send the abstract itself.";
  return { type: `${URN}body-too-large`, title: "The body is too large", status: 413, detail };
}

/** What a Retry-After header asks for, from now; null without a valid one. */
function milliseconds(retryAfter) {
  if (retryAfter === null) return null;
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}
