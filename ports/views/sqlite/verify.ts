/** Reads and checks the whole file of the views, in a thread and over a connection of its own. */
import { startWorkerThread } from '../../sqlite/worker-thread.ts';
import { DAMAGE_TOLD_MAX, type ViewsVerification } from '../port.ts';
import type { ViewsVerifier } from './verifier.ts';

/** Rejects when the signal aborts; SQLite's own check of the file can't be interrupted. */
export async function verifySqliteViews(file: string, signal?: AbortSignal): Promise<ViewsVerification> {
  await using thread = await startWorkerThread<ViewsVerifier>(new URL('verifier.ts', import.meta.url), { file });
  const damage = [...(await thread.call('checkFile', undefined))];
  let documents = 0;
  for (const collection of await thread.call('collections', undefined)) {
    for (let after: string | undefined = ''; after !== undefined;) {
      signal?.throwIfAborted();
      const page: ReturnType<ViewsVerifier['checkPage']> = await thread.call('checkPage', { collection, after });
      documents += page.documents;
      damage.push(...page.damage);
      after = page.last;
    }
  }
  return { documents, damage: damage.slice(0, DAMAGE_TOLD_MAX) };
}
