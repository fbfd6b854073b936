/** The real process as people start it: with the flags that `npm start` gives to Node. */
import { createRequire } from 'node:module';
import { startTidingsProcess, type TidingsProcess } from '../../tests/start-for-test.ts';

const { scripts } = createRequire(import.meta.url)('../../package.json') as { readonly scripts: { readonly start: string } };

export const START_FLAGS: readonly string[] = scripts.start.match(/--\S+/g) ?? [];

export const startTidingsAsPeopleDo = (folder: string, settings: Record<string, string> = {}): Promise<TidingsProcess> =>
  startTidingsProcess(folder, settings, [], START_FLAGS);
