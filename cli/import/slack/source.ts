/** In the names of what is imported, and never changed. */
export const SOURCE = 'slack';
