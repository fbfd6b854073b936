/**
 * Positions as clients hold them. What a client was handed before the log was restored speaks of another history: it may point past the
 * log's head, or at other events. So a token has the log's epoch before it, and one of another epoch is refused; in the first epoch,
 * where nearly every installation is, there is nothing before it. Inside, a position never has an epoch.
 */
import type { Refusal } from '../domain/shared/decider.ts';
import { FIRST_EPOCH, type LogEpoch, type Position } from '../ports/event-log/port.ts';
import { isPosition } from '../ports/event-log/position.ts';

export type PositionTokens = {
  readonly tokenOf: (position: Position) => string;
  readonly positionOf: (token: string) => Understood<Position>;
  /** For a cursor that is made of a position: text without a dash. */
  readonly cursorOf: (text: string) => string;
  readonly textOf: (cursor: string) => Understood<string>;
};

type Understood<Value> = { readonly outcome: 'understood'; readonly value: Value } | { readonly outcome: 'refused'; readonly refusal: Refusal };

/** What a schema allows before a cursor. */
export const EPOCH_PREFIX = String.raw`(?:[1-9]\d{0,11}-)?`;
const TOKEN = /^(?:([1-9]\d{0,11})-)?([^-]+)$/;

export function positionTokens(epoch: LogEpoch): PositionTokens {
  const cursorOf = (text: string): string => (epoch === FIRST_EPOCH ? text : `${epoch}-${text}`);
  const understand = <Text extends string>(token: string, isIt: (text: string) => text is Text): Understood<Text> => {
    const [, its = String(FIRST_EPOCH), text = ''] = TOKEN.exec(token) ?? [];
    if (!isIt(text)) return { outcome: 'refused', refusal: { code: 'position-invalid' } };
    return Number(its) === epoch ? { outcome: 'understood', value: text } : { outcome: 'refused', refusal: { code: 'position-of-another-log' } };
  };
  return {
    tokenOf: cursorOf,
    positionOf: (token) => understand(token, isPosition),
    cursorOf,
    textOf: (cursor) => understand(cursor, isText),
  };
}

const isText = (text: string): text is string => text !== '';
