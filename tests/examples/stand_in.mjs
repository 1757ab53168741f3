// A service that answers as told, for tests of the JavaScript examples.
import { createServer } from "node:http";

/** Starts a server; each request is kept and given to `answer`, which gives [status, body, headers]. */
export async function standIn(answer) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const { method, url, headers } = request;
    const body = Buffer.concat(pieces).toString();
    requests.push({ method, url, headers, body });
    const told = await answer(requests.length, { method, url, body });
    if (told === "hang up") return request.socket.destroy();
    const [status, content, more = {}] = told;
    response.writeHead(status, { "content-type": "application/json", ...more });
    response.end(typeof content === "string" ? content : JSON.stringify(content));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, requests, close: () => server.close().closeAllConnections() };
}

export const problem = (status, kind, headers = {}) => [
  status,
  { type: `urn:safezone:problem:${kind}`, title: "A title", status, detail: "What to do." },
  headers,
];
