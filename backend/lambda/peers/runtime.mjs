// Asks the Runtime API for one event after the other and sends the responses, as Node's managed runtime does on AWS.
const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;

export async function serve(handle) {
  for (;;) {
    const next = await fetch(`${api}/next`);
    const id = next.headers.get("lambda-runtime-aws-request-id");
    try {
      const answer = await handle(await next.json());
      await fetch(`${api}/${id}/response`, { method: "POST", body: JSON.stringify(answer) });
    } catch (error) {
      const report = { errorType: error.name, errorMessage: error.message };
      await fetch(`${api}/${id}/error`, { method: "POST", body: JSON.stringify(report) });
    }
  }
}

export function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
