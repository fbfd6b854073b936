/** Ids of the outbox's messages: they sort by time, and say which attempt wrote the message and to which channel. */
import { randomBytes } from 'node:crypto';
import type { Attempt, OutboxMessage } from './port.ts';

const COUNT_DIGITS = 9;

/** No two of all processes are the same. */
export function createMessageIds(): (message: Omit<OutboxMessage, 'id'>) => string {
  const run = randomBytes(4).toString('hex');
  let count = 0;
  return (message) => `${message.at.replaceAll(':', '-')}-${String(++count).padStart(COUNT_DIGITS, '0')}-${attemptNameOf(message)}-${message.channel}-${run}`;
}

export const attemptNameOf = ({ delivery, attempt }: Pick<Attempt, 'delivery' | 'attempt'>): string => `${delivery.replaceAll(/[^\w-]/g, '_')}.${attempt}`;
