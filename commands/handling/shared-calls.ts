/**
 * Calls that many make at once, such as reads of one stream. Whoever calls while a call of the same name is under way gets the next one,
 * which begins only after they called: what it answers is never older than that, and however many call, one is under way and one waits.
 */
import { Outage } from '../../ports/outage.ts';

export type ShareCalls = <Value>(name: string, call: () => Promise<Value>) => Promise<Value>;

/**
 * Calls of one name must do the same, and answer the same type: the first of those that wait together is made for all of them.
 * `afterOutage`: whoever waits behind a call that ends in an outage fails as that did, so that nobody waits for two calls to a server
 * that doesn't answer; or calls nevertheless.
 */
export function createSharedCalls({ afterOutage = 'fail' }: { readonly afterOutage?: 'fail' | 'call' } = {}): ShareCalls {
  const waiting = new Map<string, Promise<unknown>>();
  const underWay = new Map<string, Promise<unknown>>();

  const begin = async <Value>(name: string, call: () => Promise<Value>): Promise<Value> => {
    const before = underWay.get(name);
    // Also where none is under way: those who call in the same turn get the same one.
    const outage = await before?.then(
      () => undefined,
      (error: unknown) => (error instanceof Outage ? error : undefined),
    );
    waiting.delete(name);
    if (outage !== undefined && afterOutage === 'fail') throw outage;
    const calling = call();
    underWay.set(name, calling);
    try {
      return await calling;
    } finally {
      if (underWay.get(name) === calling) underWay.delete(name);
    }
  };

  return <Value>(name: string, call: () => Promise<Value>): Promise<Value> => {
    const joined = waiting.get(name) as Promise<Value> | undefined;
    if (joined !== undefined) return joined;
    const begun = begin(name, call);
    waiting.set(name, begun);
    return begun;
  };
}
