/** Requests as clients make them: over connections that are kept, each timed from when it was meant to be sent until its last byte is there. */
import { Agent, request as send } from 'node:http';
import { v7 } from 'uuid';
import type { Account } from './world.ts';

export type Answer = { readonly status: number; readonly body: string; readonly ms: number };
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export type Client = Disposable & {
  /** Rejects where the answer is no success. */
  call(
    method: Method,
    url: string,
    options?: { readonly as?: Pick<Account, 'token'>; readonly headers?: Readonly<Record<string, string>>; readonly body?: object; readonly meantAt?: number },
  ): Promise<Answer>;
};

export function openClient(connectionsMax: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  return {
    call: (method, url, { as, headers: given, body, meantAt = performance.now() } = {}) =>
      new Promise((resolve, reject) => {
        const headers = {
          ...given,
          ...(as === undefined ? {} : { authorization: `Bearer ${as.token}` }),
          ...(method === 'GET' ? {} : { 'idempotency-key': v7() }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        };
        const request = send(url, { method, agent, headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject);
          response.once('end', () => {
            const answer = { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), ms: performance.now() - meantAt };
            if (answer.status >= 200 && answer.status < 300) resolve(answer);
            else reject(new Error(`${method} ${url}: ${answer.status} ${answer.body.slice(0, 300)}`));
          });
        });
        request.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}
