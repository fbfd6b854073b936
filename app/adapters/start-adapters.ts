/** Starts the adapters of the profile. The modules of the other one, with their clients of servers, are never loaded. */
import type { Config } from '../config/config.ts';
import type { DataFolder } from '../data-folder.ts';
import type { Adapters, AdaptersConfig, AdaptersDependencies } from './adapters.ts';

type Dependencies = AdaptersDependencies & {
  /** Undefined in the distributed profile. */
  readonly dataFolder: DataFolder | undefined;
};

/** `name`: what servers call this process's connections. Throws `CannotStart`. */
export async function startAdapters(
  { dataFolder, ...dependencies }: Dependencies,
  { servers, ...config }: AdaptersConfig & Pick<Config, 'servers'> & { readonly name: string },
): Promise<Adapters> {
  if (dataFolder !== undefined) {
    const { startEmbeddedAdapters } = await import('./embedded.ts');
    return await startEmbeddedAdapters({ ...dependencies, dataFolder }, config);
  }
  if (servers === undefined) throw new Error('There is neither a data folder nor any server.');
  const { startDistributedAdapters } = await import('./distributed.ts');
  return await startDistributedAdapters(dependencies, { ...config, servers });
}
