import { isCommandError, type ErrorType } from '@eventstore/db-client';
import { LogUnavailable } from './port.ts';

export const isClientError = (error: unknown, type: ErrorType): boolean => error instanceof Error && isCommandError(error) && error.type === type;

export const toUnavailable = (error: unknown): LogUnavailable =>
  error instanceof LogUnavailable ? error : new LogUnavailable('EventStoreDB can’t be reached', { cause: error });
