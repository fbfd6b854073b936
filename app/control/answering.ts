/** Answers one request of the command line: the operation that its path names, with its lines one by one, and an end line. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { RecordAction } from '../../domain/operators/actions.ts';
import { IMPORT_REQUEST_CHARACTERS_MAX } from './imports/protocol.ts';
import { gatherLines } from './reading/gather-lines.ts';
import { runRecorded, type Asking } from './operators/admit.ts';
import {
  ControlFailure,
  KEEP_ALIVE_MS,
  operationOfPath,
  requestSchemas,
  type ControlOperations,
  type EncodedLines,
  type EndLine,
  type OperationName,
  type OperationRequest,
} from './protocol.ts';

const REQUEST_CHARACTERS_MAX = 64 * 1_024;
/** With a piece of a file, or a message that is long. */
const LONG: ReadonlySet<string | undefined> = new Set(['import-media', 'import-messages']);

/** Disposing cancels the operations that run, and waits for them to end. */
export type Answering = AsyncDisposable & {
  /** `path`: as in the protocol, without what is before it at this listener. Never throws: the end line has the failure. */
  answer(request: IncomingMessage, response: ServerResponse, asked: { readonly path: string } & Asking): Promise<void>;
};

/** `recordAction`: absent in a process that has no log of Tidings. */
type Dependencies = { readonly operations: ControlOperations; readonly recordAction?: RecordAction | undefined };

export function answerWith(dependencies: Dependencies): Answering {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  return {
    answer: async (request, response, asked) => {
      const answering = answer(dependencies, { ...asked, request, response }, stopping.signal).finally(() => running.delete(answering));
      running.add(answering);
      await answering;
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new Error('The process is stopping.'));
      await Promise.all(running);
    },
  };
}

type Asked = Asking & { readonly request: IncomingMessage; readonly response: ServerResponse; readonly path: string };

/** A client that disconnects cancels its operation. */
async function answer(dependencies: Dependencies, asked: Asked, stopping: AbortSignal): Promise<void> {
  const { request, response } = asked;
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('The client has disconnected.')));
  response.once('error', () => undefined); // followed by 'close'
  response.writeHead(200, { 'content-type': 'application/x-ndjson', connection: 'close' }).flushHeaders();
  const signal = AbortSignal.any([stopping, gone.signal]);
  // A proxy between ends what is silent for long, and the client takes a process that hangs for one that works.
  const keepAlive = setInterval(() => void (response.writableNeedDrain || response.write('\n')), KEEP_ALIVE_MS);
  const lines = linesTo(response, gone.signal);
  try {
    for await (const line of linesOf(dependencies, asked, await bodyOf(request, asked.path), signal)) await lines.add(line);
    lines.end({ $end: 'done' });
  } catch (error) {
    lines.end({ $end: 'failed', ...failureOf(error) });
  } finally {
    clearInterval(keepAlive);
  }
}

function linesOf(dependencies: Dependencies, asked: Asked, body: string, signal: AbortSignal): AsyncIterable<unknown> {
  const { path } = asked;
  const operation = operationOfPath(path);
  if (operation === undefined) throw new ControlFailure('unknown', `This process doesn’t know ${path}: it runs another version of Tidings.`);
  return linesOfOperation(dependencies, asked, operation, parsedJson(body), signal);
}

function linesOfOperation<Name extends OperationName>(
  { operations, recordAction }: Dependencies,
  asked: Asked,
  name: Name,
  body: unknown,
  signal: AbortSignal,
): AsyncIterable<unknown> {
  const parsed = requestSchemas[name].safeParse(body);
  if (!parsed.success) throw new ControlFailure('bad-request', z.prettifyError(parsed.error));
  const operation = operations[name];
  if (operation === undefined) throw new ControlFailure('unknown', 'This process runs the event store and nothing else; ask one with the other roles.');
  const request = parsed.data as OperationRequest<Name>;
  return runRecorded({ name, request }, asked, { recordAction, run: (by) => operation(request, signal, by) });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ControlFailure('bad-request', 'The request must be JSON.', { cause: error });
  }
}

async function bodyOf(request: IncomingMessage, path: string): Promise<string> {
  const charactersMax = LONG.has(operationOfPath(path)) ? IMPORT_REQUEST_CHARACTERS_MAX : REQUEST_CHARACTERS_MAX;
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk as string;
    if (body.length > charactersMax) throw new ControlFailure('bad-request', `The request is longer than ${charactersMax} characters.`);
  }
  return body;
}

/** Lines from a thread come encoded, many at once. */
function linesTo(response: ServerResponse, gone: AbortSignal) {
  const write = (piece: string | EncodedLines): boolean => response.destroyed || response.write(piece);
  const taken = async (): Promise<void> => void (await once(response, 'drain', { signal: gone }));
  const lines = gatherLines({ send: write, isFull: () => response.writableNeedDrain, taken });
  return {
    add: async (line: unknown): Promise<void> => {
      gone.throwIfAborted();
      if (!(line instanceof Uint8Array)) await lines.add(line);
      else if (!write(lines.take()) || !write(line)) await taken();
    },
    end: (last: EndLine): void => {
      const rest = lines.take();
      if (!response.destroyed) response.end(`${rest}${JSON.stringify(last)}\n`);
    },
  };
}

export function failureOf(error: unknown): { readonly code: ControlFailure['code']; readonly message: string } {
  if (error instanceof ControlFailure) return { code: error.code, message: error.message };
  return { code: 'failed', message: error instanceof Error ? error.message : String(error) };
}
