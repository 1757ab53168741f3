// The portal of the example: the applicant is never kept waiting, the officer never left alone.
import assert from "node:assert/strict";
import { test } from "node:test";

import { SafezoneClient } from "../../examples/javascript/safezone.mjs";
import { Portal, serve } from "../../examples/javascript/submit_hook.mjs";
import { problem, standIn } from "./stand_in.mjs";

const proposal = { id: "2026-0042", title: "A title", abstract: "Text.", applicant: "A. Person" };
const flat = { signal: "human_review", mode: "managed", reasons: "Because.", data_use_p_high: 0.9 };

async function withPortal(answer, run) {
  const service = await standIn(answer);
  const portal = new Portal(new SafezoneClient(service.url, { retries: 0 }));
  const server = serve(portal);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const submitted = async () => {
    const response = await fetch(`${url}/proposals`, { method: "POST", body: JSON.stringify(proposal) });
    return [response.status, await response.json()];
  };
  const seen = async (path) => (await fetch(`${url}/${path}`)).json();
  try {
    await run({ portal, service, submitted, seen });
  } finally {
    server.close().closeAllConnections();
    service.close();
  }
}

async function eventually(read, wanted) {
  for (let tries = 0; tries < 500; tries += 1) {
    const found = await read();
    if (wanted(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it did not come about");
}

test("a submission is confirmed before safezone has answered", () => {
  let answered;
  const waiting = new Promise((resolve) => (answered = resolve));
  return withPortal(
    () => waiting,
    async ({ submitted, seen }) => {
      assert.deepEqual(await submitted(), [201, { id: "2026-0042", title: "A title", received: true }]);
      assert.equal((await seen("officer/proposals/2026-0042")).triage, "not assessed yet");
      answered([200, flat]);
      const { triage } = await eventually(
        () => seen("officer/proposals/2026-0042"),
        (found) => found.triage !== "not assessed yet",
      );
      assert.equal(triage.signal, "human_review");
      assert.equal(triage.reasons, "Because.");
      assert.ok(!("data_use_p_high" in triage));
      assert.deepEqual(Object.keys(await seen("proposals/2026-0042")), ["id", "title", "received"]);
    },
  );
});

test("who applies is not sent", () =>
  withPortal(
    () => [200, flat],
    async ({ service, submitted }) => {
      await submitted();
      await eventually(() => service.requests, (requests) => requests.length > 0);
      assert.deepEqual(Object.keys(JSON.parse(service.requests[0].body)), ["id", "title", "abstract"]);
    },
  ));

test("what was not assessed while safezone was down is caught up on, once", () =>
  withPortal(
    (number) => (number < 3 ? problem(503, "busy") : [200, flat]),
    async ({ portal, service, submitted, seen }) => {
      assert.equal((await submitted())[0], 201);
      await eventually(() => service.requests, (requests) => requests.length === 1);
      assert.equal(await portal.catchUp(), 0);
      assert.equal(await portal.catchUp(), 1);
      assert.equal(await portal.catchUp(), 0);
      assert.equal((await seen("officer/proposals/2026-0042")).triage.signal, "human_review");
    },
  ));

test("a text that cannot be read is told to the officer, and not sent again", () =>
  withPortal(
    () => problem(422, "invalid-proposal"),
    async ({ portal, submitted, seen }) => {
      await submitted();
      const found = await eventually(
        () => seen("officer/proposals/2026-0042"),
        ({ triage }) => triage !== "not assessed yet",
      );
      assert.equal(found.triage, "What to do.");
      assert.equal(await portal.catchUp(), 0);
    },
  ));
