// The JavaScript client against a live server, at SAFEZONE_URL.
import assert from "node:assert/strict";
import { test } from "node:test";

import { SafezoneClient } from "../../examples/javascript/safezone.mjs";

const safezone = new SafezoneClient(process.env.SAFEZONE_URL);
const abstract =
  "Permafrost stores carbon that warming may release. We will measure how methane leaves thawing soil " +
  "along a gradient of moisture, compare the fluxes with a model of microbial growth, and publish all " +
  "measurements, protocols and the code of the model, so that other groups can repeat the analysis.";

test("one proposal, whole and flat", async () => {
  const assessment = await safezone.assess({ id: "1", abstract }, { include: ["evidence"] });
  assert.ok(["no_flag", "human_review"].includes(assessment.route.signal));
  assert.ok("evidence" in assessment && !("precedents" in assessment));
  const flat = await safezone.assessFlat({ id: "1", abstract });
  assert.deepEqual([flat.id, flat.signal], ["1", assessment.route.signal]);
});

test("many proposals, one of them wrong", async () => {
  const sent = [{ id: "1", abstract }, { abstract: "\ud800" }, { id: "3", abstract }];
  const items = [];
  for await (const item of safezone.assessMany(sent, { chunk: 2 })) items.push(item);
  assert.deepEqual(items.map(({ assessment }) => assessment?.id), ["1", undefined, "3"]);
  assert.equal(items[1].problem.type, "urn:safezone:problem:invalid-proposal");
});

test("what is wrong is told", async () => {
  await assert.rejects(safezone.assess({ abstract: "" }), { kind: "invalid-proposal", status: 422 });
});

test("a job from the file to its end", async () => {
  const file = new Blob([`number,abstract\n7,"${abstract}"\n8,\n`]);
  const { id } = await safezone.submitJob(file, { idColumn: "number", policy: "us" });
  const job = await safezone.waitForJob(id);
  assert.deepEqual([job.state, job.done, job.bad], ["completed", 2, 1]);
  const rows = [];
  for await (const row of safezone.results(id)) rows.push(row);
  assert.deepEqual(rows.map((row) => [row.id, row.problem === null]), [["7", true], ["8", false]]);
  assert.match(await (await safezone.resultsFile(id, "csv")).text(), /row,id,abstained/);
  await safezone.deleteJob(id);
  await safezone.deleteJob(id);
  await assert.rejects(safezone.job(id), { kind: "not-found" });
});
