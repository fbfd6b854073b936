/** Over `node:https`. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest, type Agent } from 'node:https';
import { createGuardedAgent, type ResolveName } from './guarded-agent.ts';
import {
  ADDRESS_NOT_PUBLIC,
  OUTBOUND_DEADLINE_MS,
  OUTBOUND_RESPONSE_BYTES_MAX,
  type Outbound,
  type OutboundAnswer,
  type OutboundGet,
  type OutboundRequest,
} from './port.ts';
import { networksOf } from './public-address.ts';

export type OutboundOptions = {
  /** In CIDR notation: networks that may be reached though they are not public. */
  readonly privateNetworks?: readonly string[];
  /** Of an authority that is trusted beside the usual ones, as PEM. */
  readonly ca?: string;
  /** The system's resolver where it is absent. */
  readonly resolveName?: ResolveName;
  readonly connectionsMax?: number;
  readonly hostConnectionsMax?: number;
  readonly responseBytesMax?: number;
};

/** Throws `RangeError` where a network isn't one. */
export function startOutbound({ privateNetworks = [], responseBytesMax = OUTBOUND_RESPONSE_BYTES_MAX, ...options }: OutboundOptions = {}): Outbound {
  const allowed = networksOf(privateNetworks);
  if (allowed === undefined) throw new RangeError('The private networks that may be reached must be in CIDR notation, such as 10.0.0.0/8.');
  const agent = createGuardedAgent({ ...options, allowed });
  const stopping = new AbortController();
  return {
    agent,
    post: (request) => ask(agent, request, { stopping: stopping.signal, responseBytesMax, body: request.body }),
    get: (request) => ask(agent, request, { stopping: stopping.signal, responseBytesMax: request.responseBytesMax ?? responseBytesMax }),
    [Symbol.asyncDispose]: () => {
      stopping.abort();
      agent.destroy();
      return Promise.resolve();
    },
  };
}

/** With a body it is a POST. */
type AskConfig = { readonly stopping: AbortSignal; readonly responseBytesMax: number; readonly body?: OutboundRequest['body'] };

async function ask(agent: Agent, request: OutboundGet, { stopping, responseBytesMax, body }: AskConfig): Promise<OutboundAnswer> {
  const url = usableUrl(request.url);
  if (url === undefined) return { outcome: 'refused', reason: 'url-invalid' };
  const deadline = AbortSignal.timeout(request.deadlineMs ?? OUTBOUND_DEADLINE_MS);
  const signal = AbortSignal.any([deadline, stopping, ...(request.signal === undefined ? [] : [request.signal])]);
  const length = body === undefined ? { 'accept-encoding': 'identity' } : { 'content-length': String(Buffer.byteLength(body)) };
  const headers = { 'user-agent': USER_AGENT, ...request.headers, ...length };
  try {
    signal.throwIfAborted();
    const sent = httpsRequest(url, { method: body === undefined ? 'GET' : 'POST', headers, agent, signal });
    sent.end(body);
    return await answerFrom(await responseTo(sent, signal), responseBytesMax);
  } catch (error) {
    if (deadline.aborted) return { outcome: 'failed', reason: 'deadline' };
    if (signal.aborted) return { outcome: 'failed', reason: 'aborted' };
    return outcomeOf(error);
  }
}

const USER_AGENT = 'Tidings/1';

function usableUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '' ? undefined : url;
}

function responseTo(sent: ClientRequest, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('response', resolve);
    sent.on('error', reject); // what comes after the response is told by reading it
    // Without an error, where a server switches to another protocol.
    sent.once('close', () => reject(new Error('The connection was closed before there was a response.')));
    // A request that waits for a connection tells nothing when it is aborted.
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

async function answerFrom(response: IncomingMessage, bytesMax: number): Promise<OutboundAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isCut = false;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, bytesMax - bytes));
    bytes += chunk.length;
    isCut = bytes > bytesMax;
    if (isCut) break; // which destroys the connection
  }
  const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
  return { outcome: 'answered', status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks), isCut };
}

function outcomeOf(error: unknown): OutboundAnswer {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === ADDRESS_NOT_PUBLIC) return { outcome: 'refused', reason: 'address-not-public' };
  if (code === 'ENOTFOUND') return { outcome: 'failed', reason: 'name-unknown' };
  return { outcome: 'failed', reason: /CERT|SSL|TLS|SIGNATURE/.test(code) ? 'certificate' : 'connection' };
}
