import test from 'ava';
import { eventsIn, eventStream } from './event-stream.ts';

const bodyOf = (...chunks: readonly string[]) =>
  new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });

test('events are read however they are cut into pieces, and comments are none', async (t) => {
  const text = ': hello\n\nevent: post\nid: 7\ndata: {"text":\ndata: "안녕"}\n\n: still here\r\n\r\ndata: 1\r\n\r\n';
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size));
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    });
    const events = [];
    for await (const event of eventsIn(body)) events.push(event);
    t.deepEqual(events, [
      { event: 'post', id: '7', data: { text: '안녕' } },
      { event: 'message', id: undefined, data: 1 },
    ]);
  }
});

test('a stream that ends is opened again from the event that was read last', async (t) => {
  const asked: (string | undefined)[] = [];
  const fetch = async (_: string, { headers }: { readonly headers: Record<string, string> }): Promise<Response> => {
    asked.push(headers['last-event-id']);
    if (asked.length === 2) throw new TypeError('cut off');
    return new Response(bodyOf(`id: ${asked.length}\ndata: ${asked.length}\n\n`));
  };
  const read: unknown[] = [];
  for await (const { data } of eventStream('http://tidings.test/', { token: () => 'a token', fetch, random: () => 0 })) if (read.push(data) === 3) break;
  t.deepEqual(read, [1, 3, 4]);
  t.deepEqual(asked, [undefined, '1', '1', '3']);
});
