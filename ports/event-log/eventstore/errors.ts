import { isCommandError, type ErrorType } from '@eventstore/db-client';
import { LogUnavailable } from '../port.ts';

export const isClientError = (error: unknown, type: ErrorType): boolean => error instanceof Error && isCommandError(error) && error.type === type;

export const toUnavailable = (error: unknown): LogUnavailable =>
  error instanceof LogUnavailable ? error : new LogUnavailable('EventStoreDB can’t be reached', { cause: error });

/**
 * The client throws this out of any reach when an answer comes for a batched append that it has given up already: it keeps what is
 * pending of all its connections in one place, and empties that when one of them ends. Whoever appended has been told of the outage.
 */
export const isAnswerToNobody = (error: unknown): boolean =>
  error instanceof TypeError && error.stack?.includes('/@eventstore/db-client/') === true && error.stack.includes('batchAppend');
