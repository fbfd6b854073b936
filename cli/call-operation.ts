/** Calls one operation of a process, over its control socket or over HTTP, and reads the response line by line. */
import { once } from 'node:events';
import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestSecurely } from 'node:https';
import {
  CONTROL_REASON_HEADER,
  HTTP_PREFIX,
  KEEP_ALIVE_MS,
  pathOf,
  type EndLine,
  type ResponseLines,
  type OperationName,
  type OperationRequest,
} from '../app/control/protocol.ts';
import { CliFailure, EXIT, exitCodeOf } from './failure.ts';

/** A process sends the headers of its response at once, and then at least an empty line from time to time. */
const SILENT_MAX_MS = 3 * KEEP_ALIVE_MS;

export type ControlAddress =
  | { readonly socketPath: string }
  /** Of an operations listener, and an operator's token. */
  | { readonly url: string; readonly token: string };

/** `reason`: why the operator asks; what reveals or destroys something is refused without. */
export type Asking = { readonly signal: AbortSignal; readonly reason: string | undefined };

/** Throws `CliFailure` if the process refuses the request, or ends before its response is complete. Aborting tells the process to cancel. */
export async function* callOperation<Name extends OperationName>(
  address: ControlAddress,
  operation: Name,
  body: OperationRequest<Name>,
  asking: Asking,
): AsyncGenerator<ResponseLines[Name], void, undefined> {
  const response = await send(address, pathOf(operation), JSON.stringify(body), asking);
  await checkStatus(response, address);
  for await (const line of linesOf(response)) {
    if (line === '') continue; // nothing has happened for a while
    const value = JSON.parse(line) as ResponseLines[Name] | EndLine;
    if (!('$end' in value)) yield value;
    else if (value.$end === 'done') return;
    else throw new CliFailure(exitCodeOf[value.code], value.message);
  }
  throw new CliFailure(EXIT.unreachable, 'The process ended before its response was complete.');
}

async function send(address: ControlAddress, path: string, body: string, { signal, reason }: Asking): Promise<IncomingMessage> {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(reason === undefined ? {} : { [CONTROL_REASON_HEADER]: encodeURIComponent(reason) }),
  };
  const options = { method: 'POST', signal, agent: false } as const;
  const sent =
    'socketPath' in address
      ? request({ ...options, ...address, path, headers })
      : requestOverHttp(targetOf(address, path), { ...options, headers: { ...headers, authorization: `Bearer ${address.token}` } });
  sent.setTimeout(SILENT_MAX_MS, () => sent.destroy(new CliFailure(EXIT.unreachable, `The process was silent for ${SILENT_MAX_MS / 1_000} s.`)));
  sent.end(body);
  try {
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    sent.on('error', () => undefined); // the response fails with the same error
    return response;
  } catch (error) {
    if (signal.aborted || error instanceof CliFailure) throw error;
    throw new CliFailure(EXIT.unreachable, `The process could not be reached: ${String(error)}`, { cause: error });
  }
}

const targetOf = ({ url }: Extract<ControlAddress, { url: string }>, path: string): URL => new URL(`${url.replace(/\/$/, '')}${HTTP_PREFIX}${path}`);

const requestOverHttp = (target: URL, options: RequestOptions) => (target.protocol === 'https:' ? requestSecurely : request)(target, options);

/** An operation that fails is answered with 200 and its end line; anything else comes from what is before the operations. */
async function checkStatus(response: IncomingMessage, address: ControlAddress): Promise<void> {
  const { statusCode: status = 0 } = response;
  if (status === 200) return;
  response.resume();
  const whom = 'url' in address ? address.url : address.socketPath;
  switch (status) {
    case 401:
    case 403:
      throw new CliFailure(
        EXIT.failed,
        `${whom} refuses the token: name yours with TIDINGS_OPERATOR_TOKEN, or the installation’s with TIDINGS_ADMIN_TOKEN, or their files with _FILE.`,
      );
    case 404:
      throw new CliFailure(EXIT.unreachable, `${whom} is no operations listener of the distributed profile.`);
    default:
      throw new CliFailure(EXIT.unreachable, `${whom} answered with ${status}.`);
  }
}

/** A connection that breaks ends the lines, without an end line. */
async function* linesOf(response: IncomingMessage): AsyncIterable<string> {
  let rest = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ECONNRESET')) throw error;
  }
}
