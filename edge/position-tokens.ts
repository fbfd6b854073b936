/**
 * Positions as clients hold them. What a client was handed before the log was restored speaks of another history: it may point past the
 * log's head, or at other events. So a token has the log's epoch before it, and one of another epoch is refused; in the first epoch,
 * where nearly every installation is, there is nothing before it. Inside, a position never has an epoch.
 */
import type { Refusal } from '../domain/shared/decider.ts';
import { FIRST_EPOCH, type LogEpoch, type Position } from '../ports/event-log/port.ts';
import { isPosition, merge } from '../ports/event-log/position.ts';

export type PositionTokens = {
  readonly tokenOf: (position: Position) => string;
  /** Of several tokens with commas between them, as from commands that were under way at once, the position that covers all. */
  readonly positionOf: (tokens: string) => Understood<Position>;
};

type Understood<Value> = { readonly outcome: 'understood'; readonly value: Value } | { readonly outcome: 'refused'; readonly refusal: Refusal };

const TOKEN = /^(?:([1-9]\d{0,11})-)?([^-]+)$/;

export const positionTokens = (epoch: LogEpoch): PositionTokens => ({
  tokenOf: (position) => (epoch === FIRST_EPOCH ? position : `${epoch}-${position}`),
  positionOf: (tokens) => {
    let position: Position | undefined;
    for (const token of tokens.split(',')) {
      const [, its = String(FIRST_EPOCH), text = ''] = TOKEN.exec(token.trim()) ?? [];
      if (!isPosition(text)) return { outcome: 'refused', refusal: { code: 'position-invalid' } };
      if (Number(its) !== epoch) return { outcome: 'refused', refusal: { code: 'position-of-another-log' } };
      position = merge(position, text);
    }
    return position === undefined ? { outcome: 'refused', refusal: { code: 'position-invalid' } } : { outcome: 'understood', value: position };
  },
});
