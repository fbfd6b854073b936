/** Asks one operation of the process behind a control socket, and reads its answer line by line. */
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { pathOf, type EndLine, type ResponseLines, type OperationName, type OperationRequest } from '../app/control/protocol.ts';
import { CliFailure, EXIT, exitCodeOf } from './failure.ts';

/** A process says at once that it has heard; one that doesn't hangs. */
const HEARD_WITHIN_MS = 30_000;

/** Throws `CliFailure` for what the process refuses, and where it ends in the middle. Aborting tells the process to cancel. */
export async function* callOperation<Name extends OperationName>(
  socket: string,
  operation: Name,
  asked: OperationRequest<Name>,
  signal: AbortSignal,
): AsyncGenerator<ResponseLines[Name], void, undefined> {
  const response = await send(socket, pathOf(operation), JSON.stringify(asked), signal);
  for await (const line of linesOf(response)) {
    const value = JSON.parse(line) as ResponseLines[Name] | EndLine;
    if (!('$end' in value)) yield value;
    else if (value.$end === 'done') return;
    else throw new CliFailure(exitCodeOf[value.code], value.message);
  }
  throw new CliFailure(EXIT.unreachable, 'The process that was asked ended before it had answered.');
}

async function send(socketPath: string, path: string, body: string, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const asking = request({ socketPath, path, method: 'POST', headers, signal, agent: false });
  asking.setTimeout(HEARD_WITHIN_MS, () => asking.destroy(new CliFailure(EXIT.unreachable, `The process did not answer within ${HEARD_WITHIN_MS / 1_000} s.`)));
  asking.end(body);
  try {
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    asking.setTimeout(0);
    asking.on('error', () => undefined); // the response tells the same
    return response;
  } catch (error) {
    if (signal.aborted || error instanceof CliFailure) throw error;
    throw new CliFailure(EXIT.unreachable, `The process could not be asked: ${String(error)}`, { cause: error });
  }
}

/** Where the connection breaks the lines end, and the last one is missing. */
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
