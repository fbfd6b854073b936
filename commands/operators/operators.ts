/** The operators of the installation. A token is shown once; the vault has its hash, and the log says which token of an operator is good. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { operators } from '../../domain/operators/operators.ts';
import { OPERATOR_TOKEN_PREFIX, type ActingOperator, type OperatorRole } from '../../domain/operators/roles.ts';
import { orErased, type Personal } from '../../domain/shared/event.ts';
import type { OperatorId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { operatorsStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';
import type { CommandHandling } from '../handling/handle.ts';
import { readDecoded } from '../handling/load-stream.ts';
import type { CommandResult } from '../handling/results.ts';

const STREAM = operatorsStream('installation');
const SECRET_BYTES = 32;
/** The token's id, and its secret in base64url. */
const TOKEN = new RegExp(`^${OPERATOR_TOKEN_PREFIX}([0-9a-f-]{36})_([\\w-]{43})$`);

/** `token` is undefined where it was shown before, or another one has replaced it. */
export type IssuedToken = { readonly handled: CommandResult; readonly token: string | undefined };

export const addOperator = (dependencies: Uses<'vault' | 'logins'>) => {
  const { handle, logins } = dependencies;
  return async (
    { name, role }: { readonly name: string; readonly role: OperatorRole },
    context: CommandContext,
  ): Promise<IssuedToken & { readonly id: OperatorId }> => {
    const operator = createdIdOf<OperatorId>(context.command, 'operator');
    const nameId = createHmac('sha256', logins.secret).update(`operator\n${name}`).digest('base64url').slice(0, 32);
    const handled = await handle(operators, STREAM, { type: 'add', operator, name, nameId, role, token: context.command, at: context.at }, context);
    return { id: operator, handled, token: await issueToken(dependencies, operator, { handled, context }) };
  };
};

/** From the event on, the tokens before are good for nothing. */
export const rotateOperatorToken =
  (dependencies: Uses<'vault'>) =>
  async ({ operator }: { readonly operator: OperatorId }, context: CommandContext): Promise<IssuedToken> => {
    const command = { type: 'rotate-token', operator, token: context.command, at: context.at } as const;
    const handled = await dependencies.handle(operators, STREAM, command, context);
    return { handled, token: await issueToken(dependencies, operator, { handled, context }) };
  };

export const setOperatorRole =
  ({ handle }: CommandHandling) =>
  ({ operator, role }: { readonly operator: OperatorId; readonly role: OperatorRole }, context: CommandContext): Promise<CommandResult> =>
    handle(operators, STREAM, { type: 'set-role', operator, role, at: context.at }, context);

/** Holds from the event on; that the vault forgets the hash as well is tidiness. What the operator did stays in the audit, by name. */
export const removeOperator =
  (dependencies: Uses<'vault'>) =>
  async ({ operator }: { readonly operator: OperatorId }, context: CommandContext): Promise<CommandResult> => {
    const handled = await dependencies.handle(operators, STREAM, { type: 'remove', operator, at: context.at }, context);
    if (handled.outcome !== 'refused') await forgetTokens(dependencies, operator, { but: undefined });
    return handled;
  };

/** Undefined: the token is nobody's, or nobody's any more. What the log says at this moment holds, in every process. */
export const findOperator =
  ({ loadState, vault }: Uses<'vault'>) =>
  async (token: string): Promise<ActingOperator | undefined> => {
    const [, id = '', secret = ''] = TOKEN.exec(token) ?? [];
    const kept = id === '' ? undefined : await vault.get('operator-token', id);
    if (kept === undefined || !timingSafeEqual(Buffer.from(kept.hash, 'base64'), hashOf(secret))) return undefined;
    const known = (await loadState(operators, STREAM)).state.operators[kept.operator];
    return known?.token === id ? { operator: kept.operator, role: known.role } : undefined;
  };

/** `removed`: only what they did is left of them. `name`: null where it was erased. */
export type ListedOperator = {
  readonly operator: OperatorId;
  readonly name: string | null;
  readonly role: OperatorRole;
  readonly addedAt: Instant;
  readonly tokenFrom: Instant;
  readonly removed: boolean;
  /** Of the event by which the operator was added. */
  readonly correlationId: string;
};

/** In the order in which they were added. */
export const listOperators =
  ({ log, codec }: Uses<'log' | 'codec'>) =>
  async (): Promise<readonly ListedOperator[]> => {
    const found = new Map<OperatorId, ListedOperator>();
    const change = (operator: OperatorId, changes: Partial<ListedOperator>) => {
      const known = found.get(operator);
      if (known !== undefined) found.set(operator, { ...known, ...changes });
    };
    for await (const events of readDecoded({ log, codec }, STREAM, {})) {
      for (const { type, data, metadata } of events) {
        if (type === 'operators.operator-added.v1') {
          const { operator, role, at } = data;
          found.set(operator, { operator, name: nameOf(data.name), role, addedAt: at, tokenFrom: at, removed: false, correlationId: metadata.$correlationId });
        } else if (type === 'operators.role-changed.v1') change(data.operator, { role: data.role });
        else if (type === 'operators.token-rotated.v1') change(data.operator, { tokenFrom: data.at });
        else if (type === 'operators.operator-removed.v1') change(data.operator, { removed: true });
      }
    }
    return [...found.values()];
  };

const nameOf = (name: Personal<string>): string | null => orErased<string | null>(name, null);

type Issuing = { readonly handled: CommandResult; readonly context: CommandContext };

/** After its event: interrupted in between, the operator has no token, and it is rotated once more. Done twice, one of the two gets the token. */
async function issueToken(dependencies: Uses<'vault'>, operator: OperatorId, { handled, context: { command: id, at } }: Issuing): Promise<string | undefined> {
  const { vault, loadState } = dependencies;
  if (handled.outcome === 'refused' || (await loadState(operators, STREAM)).state.operators[operator]?.token !== id) return undefined;
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const hash = hashOf(secret).toString('base64');
  const kept = await vault.putIfAbsent('operator-token', id, { operator, hash, createdAt: at }, { owner: operator });
  await forgetTokens(dependencies, operator, { but: id });
  return kept.hash === hash ? `${OPERATOR_TOKEN_PREFIX}${id}_${secret}` : undefined;
}

async function forgetTokens({ vault }: Pick<Uses<'vault'>, 'vault'>, operator: OperatorId, { but }: { readonly but: string | undefined }): Promise<void> {
  for (const { id } of await vault.owned('operator-token', operator)) if (id !== but) await vault.remove('operator-token', id);
}

/** Of 256 random bits, so nobody can guess what it is the hash of, and it need not be slow. */
const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();
