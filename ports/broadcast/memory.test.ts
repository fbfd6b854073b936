import { broadcastContract } from './contract.ts';
import { startMemoryBroadcast } from './memory.ts';

broadcastContract('memory', async () => {
  const errors: unknown[] = [];
  const broadcast = await startMemoryBroadcast({ onListenerError: (error) => errors.push(error) });
  return { here: broadcast, there: broadcast, errors, [Symbol.asyncDispose]: () => broadcast[Symbol.asyncDispose]() };
});
