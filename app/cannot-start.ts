/** A fault in the surroundings of the program, such as a port that is taken. Its message is a sentence for the operator. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/** The documentation of the files of a data folder, and of those that may be deleted. */
export const DATA_FOLDER_HELP = '“The data folder” in docs/operating.md';

/** Awaits `opening`; if it fails, `CannotStart` names what can't be opened, and the settings to look at. */
export async function openOrCannotStart<Opened>(what: string, settings: string, opening: Promise<Opened>): Promise<Opened> {
  try {
    return await opening;
  } catch (error) {
    throw new CannotStart(`${what} can’t be opened. See ${settings}.`, { cause: error });
  }
}

/** The same for a listener: an error that doesn't come from the system is a bug, and is thrown as it is. */
export async function listenOrCannotStart<Listener>(role: string, settings: string, listening: Promise<Listener>): Promise<Listener> {
  try {
    return await listening;
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new CannotStart(`The listener of ${role} can’t be opened. See ${settings}.`, { cause: error });
  }
}
