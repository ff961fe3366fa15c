// Leaves what a page's script measured, or the error that it ended with, as the page's text.
export function show(run: () => Promise<object>): void {
  run().then(
    (result) => {
      document.body.textContent = JSON.stringify(result);
    },
    (error: unknown) => {
      document.body.textContent = JSON.stringify({ error: String(error) });
    },
  );
}
