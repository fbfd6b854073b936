import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { WebSocket, WebSocketServer } from 'ws';
import { frameText } from './ws-frame.ts';

for (const length of [0, 1, 125, 126, 65_535, 65_536, 300_000]) {
  test(`ws reads a text of ${length} bytes as it was framed`, async (t) => {
    t.is(await readByWs(frameText('x'.repeat(length))), 'x'.repeat(length));
  });
}

test('characters of more than one byte count as bytes', async (t) => {
  const text = 'ä€😀'.repeat(40);
  t.is(await readByWs(frameText(text)), text);
});

async function readByWs(bytes: Buffer): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (_, { socket }) => void socket.write(bytes));
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [data] = (await once(client, 'message')) as [Buffer];
  client.terminate();
  await new Promise((resolve) => server.close(resolve));
  return data.toString();
}
