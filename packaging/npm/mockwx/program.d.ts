/** The path of the program that npm installed for this machine. */
export function path(): string;
