/**
 * A grant portal's server that asks safezone when a proposal is submitted.
 *
 * What matters here: the submission is stored and confirmed first, whether safezone answers or not;
 * what was not assessed is caught up on later; an officer sees the triage signal with its reasons,
 * the applicant does not see it. Replace the Map by your database, and the addresses by your
 * framework's routes behind your own log-in.
 *
 *     SAFEZONE_URL=http://127.0.0.1:8000 node submit_hook.mjs
 */

import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

import { SafezoneClient } from "./safezone.mjs";

const FOR_OFFICERS = [
  ...["signal", "mode", "reasons", "safeguards", "abstained"],
  ...["sensitivity_set", "instrumentation_set", "data_use_set", "policy", "model"],
];

export class Portal {
  #safezone;
  #proposals = new Map();

  /** @param {SafezoneClient} safezone */
  constructor(safezone) {
    this.#safezone = safezone;
  }

  /** Store a submission. Says nothing of the assessment, and does not wait for it. */
  submit({ id, title, abstract }) {
    this.#proposals.set(id, { id, title, abstract, triage: null, problem: null });
    this.#assess(id);
    return this.forApplicant(id);
  }

  forApplicant(id) {
    const { title } = this.#proposals.get(id);
    return { id, title, received: true };
  }

  /** The signal never stands alone: with it come its reasons, and what the model could not tell. */
  forOfficer(id) {
    const { title, triage, problem } = this.#proposals.get(id);
    if (triage === null) return { id, title, triage: problem ?? "not assessed yet" };
    return { id, title, triage: Object.fromEntries(FOR_OFFICERS.map((name) => [name, triage[name]])) };
  }

  /** Assess what is still waiting, for example every five minutes; gives how many were assessed. */
  async catchUp() {
    let assessed = 0;
    for (const { id, triage, problem } of this.#proposals.values()) {
      if (!triage && !problem && (await this.#assess(id))) assessed += 1;
    }
    return assessed;
  }

  async #assess(id) {
    const stored = this.#proposals.get(id);
    const { title, abstract } = stored;
    try {
      // Nothing else is sent: who applies, and from where, has no place in the assessment.
      stored.triage = await this.#safezone.assessFlat({ id, title, abstract });
      return true;
    } catch (error) {
      // What is wrong with the text stays wrong; anything else is tried again by catchUp.
      if (error.status === 422) stored.problem = error.message;
      console.error("safezone:", error.kind, "request", error.requestId);
      return false;
    }
  }
}

/** The portal's own addresses; an officer's log-in would guard those under /officer. */
export function serve(portal) {
  return createServer(async (request, response) => {
    const [, area, id] = request.url.match(/^\/(officer\/)?proposals\/?(.*)$/) ?? [];
    const answer = (status, body) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    try {
      if (request.method === "POST") {
        let body = "";
        for await (const piece of request.setEncoding("utf8")) body += piece;
        answer(201, portal.submit(JSON.parse(body)));
      } else {
        answer(200, area ? portal.forOfficer(id) : portal.forApplicant(id));
      }
    } catch {
      answer(404, { detail: "There is no such proposal." });
    }
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { SAFEZONE_URL, SAFEZONE_KEY: apiKey, PORT = 3000 } = process.env;
  const portal = new Portal(new SafezoneClient(SAFEZONE_URL, { apiKey, timeout: 10_000 }));
  setInterval(() => portal.catchUp(), 300_000).unref();
  serve(portal).listen(PORT, "127.0.0.1", () => console.log(`http://127.0.0.1:${PORT}`));
}
