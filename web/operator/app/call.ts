/** Asks the process for an operation: its lines come one by one, and the last says whether it is done. */
import type { Json, Lines, OperationName } from './lines.ts';

const UNAUTHENTICATED = 401;

/** `code`: of the refusal, or of the operation that failed; `message` says it to an operator, in the server's words. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Told when the session is over. */
let leave: (sentence: string) => void = () => undefined;
export const whenSessionEnds = (listener: typeof leave): void => void (leave = listener);

type AskOptions<Name extends OperationName> = {
  readonly signal?: AbortSignal | undefined;
  /** Of what it is done for; in the audit. */
  readonly reason?: string | undefined;
  /** Called with each line as it comes. */
  readonly onLine?: (line: Lines[Name]) => void;
};

/** Throws `CallFailed`. An abort cancels the operation. */
export async function ask<Name extends OperationName>(
  name: Name,
  request: { readonly [field: string]: Json },
  { signal, reason, onLine }: AskOptions<Name> = {},
): Promise<readonly Lines[Name][]> {
  const headers = { 'content-type': 'application/json', ...(reason === undefined ? {} : { 'tidings-reason': encodeURIComponent(reason) }) };
  const response = await call(`control/v1/${name}`, { method: 'POST', headers, body: JSON.stringify(request), ...(signal !== undefined && { signal }) });
  const lines: Lines[Name][] = [];
  for await (const line of linesOf(response)) {
    if (!isEnd(line)) {
      lines.push(line as Lines[Name]);
      onLine?.(line as Lines[Name]);
    } else if (line.$end === 'done') return lines;
    else throw new CallFailed(line.code ?? 'failed', line.message ?? '');
  }
  throw new CallFailed('unreachable', '');
}

/** Of an operation that answers one line. */
export async function askOne<Name extends OperationName>(
  name: Name,
  request: { readonly [field: string]: Json },
  options: AskOptions<Name> = {},
): Promise<Lines[Name]> {
  const [line] = await ask(name, request, options);
  if (line === undefined) throw new CallFailed('unreachable', '');
  return line;
}

/** `path`: behind the page's root. */
export async function call(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(`/operator/${path}`, { credentials: 'same-origin', ...init }).catch((error: unknown) => {
    throw new CallFailed(init.signal?.aborted === true ? 'aborted' : 'unreachable', '', { cause: error });
  });
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { readonly code?: string; readonly detail?: string };
  const failure = new CallFailed(problem.code ?? 'failed', problem.detail ?? `${response.status} ${response.statusText}`);
  if (response.status === UNAUTHENTICATED) leave(failure.message);
  throw failure;
}

type End = { readonly $end: 'done' | 'failed'; readonly code?: string; readonly message?: string };
const isEnd = (line: object): line is End => '$end' in line;

async function* linesOf(response: Response): AsyncIterable<object> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  while (reader !== undefined) {
    const { done, value = '' } = await reader.read().catch((error: unknown) => {
      throw new CallFailed('unreachable', '', { cause: error });
    });
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line) as object;
    if (done) return;
  }
}
