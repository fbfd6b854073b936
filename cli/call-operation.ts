/** Calls one operation of the process behind a control socket, and reads the response line by line. */
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { pathOf, type EndLine, type ResponseLines, type OperationName, type OperationRequest } from '../app/control/protocol.ts';
import { CliFailure, EXIT, exitCodeOf } from './failure.ts';

/** A process sends the headers of its response at once. */
const RESPONSE_TIMEOUT_MS = 30_000;

/** Throws `CliFailure` if the process refuses the request, or ends before its response is complete. Aborting tells the process to cancel. */
export async function* callOperation<Name extends OperationName>(
  socket: string,
  operation: Name,
  body: OperationRequest<Name>,
  signal: AbortSignal,
): AsyncGenerator<ResponseLines[Name], void, undefined> {
  const response = await send(socket, pathOf(operation), JSON.stringify(body), signal);
  for await (const line of linesOf(response)) {
    const value = JSON.parse(line) as ResponseLines[Name] | EndLine;
    if (!('$end' in value)) yield value;
    else if (value.$end === 'done') return;
    else throw new CliFailure(exitCodeOf[value.code], value.message);
  }
  throw new CliFailure(EXIT.unreachable, 'The process ended before its response was complete.');
}

async function send(socketPath: string, path: string, body: string, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const sent = request({ socketPath, path, method: 'POST', headers, signal, agent: false });
  sent.setTimeout(RESPONSE_TIMEOUT_MS, () =>
    sent.destroy(new CliFailure(EXIT.unreachable, `The process did not answer within ${RESPONSE_TIMEOUT_MS / 1_000} s.`)),
  );
  sent.end(body);
  try {
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    sent.setTimeout(0);
    sent.on('error', () => undefined); // the response fails with the same error
    return response;
  } catch (error) {
    if (signal.aborted || error instanceof CliFailure) throw error;
    throw new CliFailure(EXIT.unreachable, `The process could not be reached: ${String(error)}`, { cause: error });
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
