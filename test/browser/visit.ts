// A visit to a site with headless Chromium: what the page's script left as its text, and what the browser had to say meanwhile.
import { chromium } from "playwright-core";
import { serve, type SiteOptions } from "./server.ts";

export interface Visit<T> {
  readonly measured: T & { readonly error?: string };
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** How many workers the page had at most. */
  readonly workers: number;
}

export interface VisitOptions extends SiteOptions {
  /** The browser has WebGPU, by the software driver that it brings along. */
  readonly webgpu?: boolean;
}

export async function visit<T>(executablePath: string, files: Iterable<readonly [string, string | Uint8Array]>, options: VisitOptions = {}): Promise<Visit<T>> {
  const site = await serve(new Map(files), options);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", ...(options.webgpu === true ? ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"] : [])] });
  try {
    const page = await browser.newPage();
    const [errors, warnings]: [string[], string[]] = [[], []];
    let workers = 0;
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
      if (message.type() === "warning") warnings.push(message.text());
    });
    page.on("pageerror", (error) => void errors.push(String(error)));
    page.on("worker", () => void workers++);
    await page.goto(site.url);
    await page.waitForFunction(() => document.body.textContent?.trimStart().startsWith("{"), undefined, { timeout: 60_000 });
    const measured = JSON.parse((await page.textContent("body"))!) as Visit<T>["measured"];
    return { measured, errors, warnings, workers };
  } finally {
    await browser.close();
    await site.close();
  }
}
