import type { Flight } from "./fibre.ts";

/** Flights in no order. Each knows its own place, so that to come and to go allocates nothing: every operation does both. */
export class FlightSet {
  readonly #flights: Flight[] = [];

  get size(): number {
    return this.#flights.length;
  }

  has(flight: Flight): boolean {
    return flight.place >= 0;
  }

  /** Those in it now. */
  get all(): readonly Flight[] {
    return this.#flights;
  }

  add(flight: Flight): void {
    if (flight.place < 0) flight.place = this.#flights.push(flight) - 1;
  }

  delete(flight: Flight): void {
    const { place } = flight;
    if (place < 0) return;
    flight.place = -1;
    const last = this.#flights.pop();
    if (last === undefined || last === flight) return;
    this.#flights[place] = last; // it takes the place that is free now
    last.place = place;
  }

  clear(): void {
    for (const flight of this.#flights) flight.place = -1;
    this.#flights.length = 0;
  }
}
