/** What a request comes to when it has no effect. */

/** The server refused: RFC 9457 problem details. `code` is from the catalogue in `docs/errors.md`, and never changes; `detail` is a sentence for people. */
export class TidingsProblem extends Error {
  override readonly name = 'TidingsProblem';
  readonly code: string;
  readonly status: number;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Of a body that doesn't have the form the route expects: where, and what is wrong there. */
  readonly faults: readonly { readonly at: string; readonly message: string }[];

  constructor({ code, status, detail, facts = {}, faults = [] }: ProblemDetails) {
    super(detail);
    this.code = code;
    this.status = status;
    this.facts = facts;
    this.faults = faults;
  }
}

/** No answer came, however often it was tried: a command may or may not have had its effect. Given again under its key it has it once. */
export class TidingsUnreachable extends Error {
  override readonly name = 'TidingsUnreachable';
}

type ProblemDetails = {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly faults?: TidingsProblem['faults'];
};

/** Of an answer that is no success. What stands between may answer with anything. */
export async function problemOf(response: Response): Promise<TidingsProblem> {
  const { status, statusText } = response;
  const body: unknown = await response.json().catch(() => undefined);
  return new TidingsProblem(isProblem(body) ? body : { code: 'unexpected-answer', status, detail: `The server answered ${status} ${statusText}`.trim() });
}

const isProblem = (body: unknown): body is ProblemDetails =>
  typeof body === 'object' && body !== null && 'code' in body && 'status' in body && 'detail' in body && typeof body.detail === 'string';
