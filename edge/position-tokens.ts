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
};

type Understood<Value> = { readonly outcome: 'understood'; readonly value: Value } | { readonly outcome: 'refused'; readonly refusal: Refusal };

const TOKEN = /^(?:([1-9]\d{0,11})-)?([^-]+)$/;

export const positionTokens = (epoch: LogEpoch): PositionTokens => ({
  tokenOf: (position) => (epoch === FIRST_EPOCH ? position : `${epoch}-${position}`),
  positionOf: (token) => {
    const [, its = String(FIRST_EPOCH), text = ''] = TOKEN.exec(token) ?? [];
    if (!isPosition(text)) return { outcome: 'refused', refusal: { code: 'position-invalid' } };
    return Number(its) === epoch ? { outcome: 'understood', value: text } : { outcome: 'refused', refusal: { code: 'position-of-another-log' } };
  },
});
