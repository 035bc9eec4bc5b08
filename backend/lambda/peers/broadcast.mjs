// The function `broadcast` written for Node with AWS's SDK, which the benchmark compares with. At the start it reads one
// table and posts once to an unknown connection, because the SDK cannot open a connection otherwise. Then it handles shards,
// each of some frames for some connections, with as many concurrent posts as the Rust function.
import { Agent } from "node:http";
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { serve, setting } from "./runtime.mjs";

const POSTS_AT_ONCE = 64;
const dynamodb = new DynamoDBClient({});
const management = new ApiGatewayManagementApiClient({
  endpoint: setting("TICKERTAPE_MANAGEMENT_ENDPOINT"),
  maxAttempts: 1,
  requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: POSTS_AT_ONCE }), requestTimeout: 2000 },
});

const read = (table, pk) =>
  dynamodb.send(new GetItemCommand({ TableName: setting(table), Key: { pk: { S: pk }, sk: { S: "#" } }, ConsistentRead: true }));
await Promise.all([
  read("TICKERTAPE_CONNECTIONS_TABLE", "C#AAAAAAAAAAACAAA="),
  // Nobody is there: whatever the answer, the connection is made.
  post("AAAAAAAAAAACAAA=", "{}").catch(() => {}),
]);

function post(ConnectionId, Data) {
  return management.send(new PostToConnectionCommand({ ConnectionId, Data }));
}

async function postToAll(to, frame) {
  const waiting = to.values();
  let posts = 0;
  const work = async () => {
    for (const id of waiting) {
      await post(id, frame);
      posts += 1;
    }
  };
  await Promise.all(Array.from({ length: POSTS_AT_ONCE }, work));
  return posts;
}

await serve(async ({ shard }) => {
  let posts = 0;
  for (const { frames, to } of shard) for (const frame of frames) posts += await postToAll(to, frame);
  return { posts };
});
