/** A bad request, with the status and the code of its refusal; for the tests of one API and of a cluster. */
import { randomUUID } from 'node:crypto';
import type { AppId, ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { RefusalCode } from '../../../domain/shared/refusals.ts';

export type BadRequestBody = { readonly body?: unknown; readonly raw?: string; readonly headers?: Readonly<Record<string, string>> };
type Person = { readonly person: PersonId; readonly token: string; readonly loginName: string };
type App = { readonly app: AppId; readonly secret: string };
export type BadRequestCaller = Person | App | 'operator' | 'anonymous';

/** How the people, apps and things come about that the requests are about. */
export type BadRequestsApi = {
  readonly now: () => Instant;
  readonly request: (caller: BadRequestCaller, method: string, path: string, asking?: BadRequestBody) => Promise<{ readonly body: { readonly id: string } }>;
  readonly person: () => Promise<Person>;
  readonly friends: (one: Person, other: Person) => Promise<void>;
  readonly app: (...enrolled: readonly Person[]) => Promise<App>;
  readonly direct: (one: Person, other: Person) => Promise<ChannelId>;
};

export type BadRequest = readonly [what: string, as: BadRequestCaller, method: string, path: string, asking: BadRequestBody, status: number, code: RefusalCode];

export const NOBODY = randomUUID();
export const NO_POST = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
export const text = (body: string): BadRequestBody => ({ body: { text: body } });
