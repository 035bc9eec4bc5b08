// The peer of the benchmark: the start of `ingest` as one writes it for Node, with the same calls of the same SDK.
// Settings, a client, one read of the topics table, then events; each is one update of an item.
// `npm install @aws-sdk/client-dynamodb@3` beside it, then start it as a function's bootstrap.
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";

const table = process.env.TICKERTAPE_TOPICS_TABLE;
if (!table) throw new Error("TICKERTAPE_TOPICS_TABLE is not set");
const dynamodb = new DynamoDBClient({});
const key = (topic) => ({ pk: { S: `T#${topic}` }, sk: { S: "#" } });
await dynamodb.send(new GetItemCommand({ TableName: table, Key: key("tickertape.warm-up"), ConsistentRead: true }));

async function handle({ rawPath, body, isBase64Encoded }) {
  const data = JSON.parse(isBase64Encoded ? Buffer.from(body, "base64").toString() : body);
  const topic = decodeURIComponent(rawPath.slice("/topics/".length));
  const appended = await dynamodb.send(
    new UpdateItemCommand({
      TableName: table,
      Key: key(`peer/${topic}`),
      UpdateExpression: "ADD #offset :one SET #items = :items, received_at = :now",
      ExpressionAttributeNames: { "#offset": "offset", "#items": "items" },
      ExpressionAttributeValues: {
        ":one": { N: "1" },
        ":items": { S: JSON.stringify([{ d: data }]) },
        ":now": { N: String(Date.now()) },
      },
      ReturnValues: "UPDATED_NEW",
    }),
  );
  const answer = { topic, offset: Number(appended.Attributes.offset.N) };
  return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(answer) };
}

// The Runtime API, which Node's managed runtime would ask for us.
const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
for (;;) {
  const next = await fetch(`${api}/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  try {
    const answer = await handle(await next.json());
    await fetch(`${api}/${id}/response`, { method: "POST", body: JSON.stringify(answer) });
  } catch (error) {
    const told = { errorType: error.name, errorMessage: error.message };
    await fetch(`${api}/${id}/error`, { method: "POST", body: JSON.stringify(told) });
  }
}
