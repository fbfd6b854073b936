/** Answers the command line over a socket that only the owner of the data may open: a user who can read the folder may ask for anything. */
import { chmodSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import {
  ControlFailure,
  operationOfPath,
  requestSchemas,
  type EndLine,
  type OperationName,
  type ControlOperations,
  type OperationRequest,
} from './protocol.ts';
import { prepareSocket } from './socket.ts';

const REQUEST_CHARACTERS_MAX = 64 * 1_024;
const CONNECTIONS_MAX = 64;
const OWNER_ONLY = 0o600;

/** `onOperation`: called for every operation that is asked for. */
type ControlServerConfig = { readonly folder: string; readonly onOperation?: (name: OperationName) => void };

/** This process holds the lock of `folder`. Disposing cancels the operations that run, and waits for them to end. */
export async function startControlServer(
  operations: ControlOperations,
  { folder, onOperation = () => undefined }: ControlServerConfig,
): Promise<AsyncDisposable> {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const socket = prepareSocket(folder);
  const server = createServer((request, response) => {
    const asked = operationOfPath(request.url ?? '');
    if (asked !== undefined) onOperation(asked);
    const answering = answer(operations, request, response, stopping.signal).finally(() => running.delete(answering));
    running.add(answering);
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.listen(socket.path);
  await once(server, 'listening');
  chmodSync(socket.path, OWNER_ONLY);
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new Error('The process is stopping.'));
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all(running);
      server.closeAllConnections();
      await closed;
      socket[Symbol.dispose]();
    },
  };
}

/** Never throws: the end line has the failure. A client that disconnects cancels its operation. */
async function answer(operations: ControlOperations, request: IncomingMessage, response: ServerResponse, stopping: AbortSignal): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('The client has disconnected.')));
  response.once('error', () => undefined); // followed by 'close'
  response.writeHead(200, { 'content-type': 'application/x-ndjson', connection: 'close' }).flushHeaders();
  const signal = AbortSignal.any([stopping, gone.signal]);
  try {
    for await (const line of linesOf(operations, request.url ?? '', await bodyOf(request), signal)) await write(response, line, gone.signal);
    end(response, { $end: 'done' });
  } catch (error) {
    end(response, { $end: 'failed', ...failureOf(error) });
  }
}

function linesOf(operations: ControlOperations, path: string, body: string, signal: AbortSignal): AsyncIterable<unknown> {
  const operation = operationOfPath(path);
  if (operation === undefined) throw new ControlFailure('unknown', `This process doesn’t know ${path}: it runs another version of Tidings.`);
  return linesOfOperation(operations, operation, parsedJson(body), signal);
}

function linesOfOperation<Name extends OperationName>(operations: ControlOperations, name: Name, body: unknown, signal: AbortSignal): AsyncIterable<unknown> {
  const parsed = requestSchemas[name].safeParse(body);
  if (!parsed.success) throw new ControlFailure('bad-request', z.prettifyError(parsed.error));
  const operation = operations[name];
  if (operation === undefined) throw new ControlFailure('unknown', 'This process runs the event store and nothing else; ask one with the other roles.');
  return operation(parsed.data as OperationRequest<Name>, signal);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ControlFailure('bad-request', 'The request must be JSON.', { cause: error });
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk as string;
    if (body.length > REQUEST_CHARACTERS_MAX) throw new ControlFailure('bad-request', `The request is longer than ${REQUEST_CHARACTERS_MAX} characters.`);
  }
  return body;
}

/** Waits for a client that reads slowly. */
async function write(response: ServerResponse, line: unknown, gone: AbortSignal): Promise<void> {
  gone.throwIfAborted();
  if (!response.write(`${JSON.stringify(line)}\n`)) await once(response, 'drain', { signal: gone });
}

function end(response: ServerResponse, last: EndLine): void {
  if (!response.destroyed) response.end(`${JSON.stringify(last)}\n`);
}

function failureOf(error: unknown): { readonly code: ControlFailure['code']; readonly message: string } {
  if (error instanceof ControlFailure) return { code: error.code, message: error.message };
  return { code: 'failed', message: error instanceof Error ? error.message : String(error) };
}
