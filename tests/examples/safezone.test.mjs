// What the JavaScript client sends, and what it makes of the answers.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";

import { SafezoneClient, SafezoneError, verifyWebhook } from "../../examples/javascript/safezone.mjs";
import { problem, standIn } from "./stand_in.mjs";

const TEXT = "A wholly unpublished idea.";
const proposal = { id: "42", title: "A title", abstract: TEXT };

async function withService(answer, run, settings = {}) {
  const service = await standIn(answer);
  try {
    return await run(new SafezoneClient(service.url, settings), service);
  } finally {
    service.close();
  }
}

async function collected(items) {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}

test("a proposal is sent as it was given, with the key", () =>
  withService(
    () => [200, { id: "42" }],
    async (safezone, { requests }) => {
      assert.deepEqual(await safezone.assess(proposal, { include: ["evidence", "sentences"] }), { id: "42" });
      await safezone.assessFlat(proposal);
      assert.deepEqual(JSON.parse(requests[0].body), proposal);
      assert.equal(requests[0].url, "/v1/assessments?include=evidence%2Csentences");
      assert.equal(requests[1].url, "/v1/assessments?view=flat");
      assert.equal(requests[0].headers["x-api-key"], "sz_key");
      assert.equal(requests[0].headers["content-type"], "application/json");
    },
    { apiKey: "sz_key" },
  ));

for (const [name, trouble] of [
  ["busy", problem(503, "busy", { "retry-after": "0" })],
  ["out of rate until a date", problem(429, "too-many-requests", { "retry-after": "Sun, 06 Nov 1994 08:49:37 GMT" })],
  ["behind a proxy that is not up", [502, "<html>"]],
  ["gone in the middle", "hang up"],
]) {
  test(`a service that is ${name} is asked again`, () =>
    withService(
      (number) => (number < 2 ? trouble : [200, { id: "42" }]),
      async (safezone, { requests }) => {
        assert.deepEqual(await safezone.assess(proposal), { id: "42" });
        assert.equal(requests.length, 2);
      },
    ));
}

test("after so many retries the last trouble is thrown", () =>
  withService(
    () => problem(503, "busy", { "retry-after": "0", "x-request-id": "r1" }),
    async (safezone, { requests }) => {
      await assert.rejects(safezone.assess(proposal), { kind: "busy", status: 503, requestId: "r1" });
      assert.equal(requests.length, 3);
    },
    { retries: 2 },
  ));

test("a pause beyond the patience is not waited for", () =>
  withService(
    () => problem(429, "too-many-requests", { "retry-after": "61" }),
    async (safezone, { requests }) => {
      await assert.rejects(safezone.assess(proposal), { kind: "too-many-requests", retryAfter: 61_000 });
      assert.equal(requests.length, 1);
    },
    { patience: 60_000 },
  ));

for (const status of [401, 403, 404, 409, 422, 500]) {
  test(`status ${status} is not repeated`, () =>
    withService(
      () => problem(status, "some-kind"),
      async (safezone, { requests }) => {
        await assert.rejects(safezone.assess(proposal), { kind: "some-kind", status });
        assert.equal(requests.length, 1);
      },
    ));
}

test("no error holds the text, not even where a proxy repeats it", () =>
  withService(
    () => [500, { type: "https://proxy.test", detail: TEXT }],
    async (safezone) => {
      const error = await safezone.assess(proposal).catch((caught) => caught);
      assert.ok(error instanceof SafezoneError);
      assert.ok(!`${error} ${JSON.stringify(error.problem)} ${error.cause}`.includes(TEXT));
    },
  ));

test("a service that is silent for too long is given up", () =>
  withService(
    () => new Promise((resolve) => setTimeout(resolve, 2_000, [200, {}])),
    async (safezone) => {
      await assert.rejects(safezone.assess(proposal), { kind: "connection-failed", status: 0 });
    },
    { timeout: 50, retries: 0 },
  ));

function read(_, { body }) {
  const { proposals } = JSON.parse(body);
  assert.ok(proposals.length <= 64 && Buffer.byteLength(body) <= 1 << 20);
  const late = { assessment: null, problem: { type: "urn:safezone:problem:deadline" } };
  const results = proposals.map(({ id }, i) => (i < 10 ? { assessment: { id }, problem: null } : late));
  return [200, { results }];
}

test("many proposals are answered in their order, also those that were late or too large", () =>
  withService(read, async (safezone) => {
    async function* many() {
      for (let i = 0; i < 150; i += 1) {
        const abstract = i === 70 ? "x".repeat(2 << 20) : "é".repeat(20_000);
        yield { id: String(i), abstract };
      }
    }
    const items = await collected(safezone.assessMany(many()));
    assert.equal(items.length, 150);
    items.forEach(({ assessment, problem: found }, i) => {
      if (i === 70) assert.equal(found.type, "urn:safezone:problem:body-too-large");
      else assert.equal(assessment.id, String(i));
    });
  }));

test("of an endless iterable no more is read than is asked for", () =>
  withService(read, async (safezone) => {
    let made = 0;
    let closed = false;
    function* endless() {
      try {
        for (;;) yield { id: String((made += 1)), abstract: TEXT };
      } finally {
        closed = true;
      }
    }
    for await (const { assessment } of safezone.assessMany(endless(), { chunk: 5 })) {
      if (assessment.id === "7") break;
    }
    assert.equal(made, 10);
    assert.ok(closed);
  }));

test("a file is submitted under a key of its own, the same when it is sent again", () =>
  withService(
    (number) => (number % 2 ? problem(503, "busy", { "retry-after": "0" }) : [202, { id: "j1" }]),
    async (safezone, { requests }) => {
      const file = new Blob(["id,abstract\n1,x\n"]);
      const options = { filename: "round 3.csv", policy: "us", include: ["evidence"], idColumn: "id" };
      assert.deepEqual(await safezone.submitJob(file, options), { id: "j1" });
      await safezone.submitJob(file);
      const keys = requests.map(({ headers }) => headers["idempotency-key"]);
      assert.equal(keys[0], keys[1]);
      assert.notEqual(keys[1], keys[2]);
      for (const part of ['filename="round 3.csv"', 'name="id_column"', "1,x\n"]) {
        assert.ok(requests[1].body.includes(part));
      }
      assert.ok(!requests[1].body.includes("webhook_url"));
    },
  ));

test("a job is waited for, read, and forgotten, even twice", () =>
  withService(
    (number, { method, url }) => {
      if (method === "DELETE") return number % 2 ? [204, ""] : problem(404, "not-found");
      if (url.endsWith("format=csv")) return [200, "a,b"];
      if (url.includes("results")) return [200, '{"id":"\u2028"}\n{"id":"é"}\n\n{"id":"3"}'];
      return [200, { id: "j/1", state: number < 2 ? "running" : "failed", done: number, rows: 9 }];
    },
    async (safezone, { requests }) => {
      const told = [];
      const job = await safezone.waitForJob("j/1", { onProgress: (...now) => told.push(now) });
      assert.equal(job.state, "failed");
      assert.deepEqual(told, [[1, 9], [2, 9]]);
      assert.deepEqual((await collected(safezone.results("j/1"))).map(({ id }) => id), ["\u2028", "é", "3"]);
      assert.equal(await (await safezone.resultsFile("j/1", "csv")).text(), "a,b");
      assert.equal(requests[2].url, "/v1/jobs/j%2F1/results?format=jsonl");
      await safezone.deleteJob("j/1");
      await safezone.deleteJob("j/1");
    },
  ));

const SECRET = "whsec_" + Buffer.from("a secret of thirty-two characters").toString("base64");

function signed(body, { secret = SECRET, age = 0 } = {}) {
  const time = String(Math.floor(Date.now() / 1000) - age);
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`msg_1.${time}.${body}`).digest("base64");
  return { "webhook-id": "msg_1", "webhook-timestamp": time, "webhook-signature": `v1,x= v1,${signature}` };
}

test("a webhook of the service is read, any other is not", async () => {
  const body = '{"type":"job.completed"}';
  const good = signed(body);
  assert.deepEqual(await verifyWebhook(SECRET, good, body), { type: "job.completed" });
  const others = [
    [good, `${body} `],
    [signed(body, { age: 400 }), body],
    [signed(body, { age: -400 }), body],
    [signed(body, { secret: "whsec_b3RoZXI=" }), body],
    [{ ...good, "webhook-timestamp": "now" }, body],
    [{}, body],
  ];
  for (const [headers, content] of others) {
    await assert.rejects(verifyWebhook(SECRET, headers, content), /signature/);
  }
});
