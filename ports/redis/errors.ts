import { ErrorReply } from 'redis';
import { Outage } from '../outage.ts';

/** Redis can't be reached, or doesn't answer in time. An adapter throws it as its port's own outage: `asOutage`. */
export class RedisUnavailable extends Outage {
  override readonly name = 'RedisUnavailable';
}

/** An adapter's work; an outage of Redis meanwhile is thrown as the port's. */
export async function asOutage<T>(PortOutage: new (message: string, options?: ErrorOptions) => Outage, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof RedisUnavailable ? new PortOutage(error.message, { cause: error }) : error;
  }
}

/** Refusals by which a server says that it can't serve now, whatever it is asked: it loads, fails over, is full, or was demoted. */
const SERVER_CANNOT =
  /^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|READONLY|TRYAGAIN|MOVED|ASK|OOM|MISCONF|NOREPLICAS|UNKILLABLE|NOAUTH|WRONGPASS|ERR max number of clients)\b/;

/** Any other refusal of the server is a bug of ours and stays as it is; what isn't a refusal comes from the connection. */
export function toRedisError(error: unknown): unknown {
  if (error instanceof RedisUnavailable) return error;
  if (isRefusal(error) && !SERVER_CANNOT.test(error.message)) return error;
  return new RedisUnavailable('Redis can’t be reached, or can’t serve now', { cause: error });
}

const isRefusal = (error: unknown): error is Error => error instanceof ErrorReply;

export const isMoved = (error: unknown): boolean => isRefusal(error) && /^(MOVED|ASK) /.test(error.message);

export const isUnknownScript = (error: unknown): boolean => isRefusal(error) && error.message.startsWith('NOSCRIPT');
