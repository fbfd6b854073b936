/** What is wrong is not in the program but around it, such as a port that is taken; told to the operator in a sentence. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/** Where it is written what the files of a data folder are, and which of them may go. */
export const DATA_FOLDER_HELP = '“The data folder” in docs/operating.md';

/** Passes on what opens; what doesn't is told with what was to be opened, and by which settings. */
export async function openOrCannotStart<Opened>(what: string, settings: string, opening: Promise<Opened>): Promise<Opened> {
  try {
    return await opening;
  } catch (error) {
    throw new CannotStart(`${what} can’t be opened. See ${settings}.`, { cause: error });
  }
}
