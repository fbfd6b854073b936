/** What is wrong is not in the program but around it, such as a port that is taken; told to the operator in a sentence. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/** Passes on what opens; what doesn't is told with what was to be opened, and by which settings. */
export async function openedOrTold<Opened>(what: string, settings: string, opening: Promise<Opened>): Promise<Opened> {
  try {
    return await opening;
  } catch (error) {
    throw new CannotStart(`${what} can’t be opened. See ${settings}.`, { cause: error });
  }
}
