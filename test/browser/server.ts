// A static server on the loopback: files out of a map, under a policy that allows no script but its own and no eval
// but WebAssembly's.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

const types: Record<string, string> = { html: "text/html", js: "text/javascript", wasm: "application/wasm" };

export interface SiteOptions {
  /** With the headers that give its pages shared memory. */
  readonly isolated?: boolean;
  /** Whether the policy lets its pages start workers from blobs. */
  readonly workers?: boolean;
}

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

export async function serve(files: ReadonlyMap<string, string | Uint8Array>, { isolated = false, workers = false }: SiteOptions): Promise<Site> {
  const headers = {
    "content-security-policy": workers ? `${policy}; worker-src blob:` : policy,
    ...(isolated ? { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" } : {}),
  };
  const server = createServer((request, response) => {
    const path = request.url === "/" ? "index.html" : (request.url ?? "").slice(1);
    const body = files.get(path);
    const type = types[path.split(".").at(-1)!] ?? "application/octet-stream";
    response.writeHead(body === undefined ? 404 : 200, { "content-type": type, ...headers });
    response.end(body ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
