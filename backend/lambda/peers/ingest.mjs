// The function `ingest` written for Node, which the benchmark compares with: the same calls of the same SDK. At the start
// it reads the secret and the topics table once; then it handles events, each with one update of an item.
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { serve, setting } from "./runtime.mjs";

const table = setting("TICKERTAPE_TOPICS_TABLE");
const secret = setting("TICKERTAPE_SECRET").slice("ssm:".length);
const dynamodb = new DynamoDBClient({});
const key = (topic) => ({ pk: { S: `T#${topic}` }, sk: { S: "#" } });
await Promise.all([
  new SSMClient({}).send(new GetParameterCommand({ Name: secret, WithDecryption: true })),
  dynamodb.send(new GetItemCommand({ TableName: table, Key: key("tickertape.warm-up"), ConsistentRead: true })),
]);

await serve(async ({ rawPath, body, isBase64Encoded }) => {
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
});
