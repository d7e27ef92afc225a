import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Confirmations of hotels and hostels. */
export const confirmations: Sample = {
  name: "confirmations",
  instructions: "Extract the booking.",
  schema: z.object({
    bookingNumber: z.string(),
    hotel: z.string(),
    guestName: z.string(),
    checkIn: z.iso.date(),
    checkOut: z.iso.date(),
    nights: z.number().int(),
    guests: z.number().int(),
    roomType: z.string().nullable(),
    totalPrice: z.number(),
    cityTax: z.number().nullable(),
    currency: z.string(),
    breakfastIncluded: z.boolean(),
    paid: z.boolean().describe("whether the stay has been paid already"),
  }),
  cases: [
    {
      text: `Hotel Seeblick
Seestrasse 4, 6353 Weggis
info@seeblick.example · +41 41 555 01 20

Booking confirmation

Booking number: SB-55310
Guest: Mr Anton Graf
Check-in: 14.05.2026
Check-out: 17.05.2026
Nights: 3      Guests: 2
Room type: double room, lake view

3 nights         CHF 540.00
City tax         CHF  13.50
Total            CHF 553.50

Breakfast is included. The amount is due at check-in.`,
      expected: {
        bookingNumber: "SB-55310",
        hotel: "Hotel Seeblick",
        guestName: "Mr Anton Graf",
        checkIn: "2026-05-14",
        checkOut: "2026-05-17",
        nights: 3,
        guests: 2,
        roomType: "double room, lake view",
        totalPrice: 553.5,
        cityTax: 13.5,
        currency: "CHF",
        breakfastIncluded: true,
        paid: false,
      },
    },
    {
      text: `Dear Ms Nilsen,

thank you for booking with Harbour Hostel. Your reservation 90112 is confirmed: check-in on 2 July 2026, check-out on 6 July 2026, four nights for three guests in a dormitory.

The total price is $212.00 and has already been paid by card. City tax of $12.00 is included. Breakfast is not included.

See you soon
Harbour Hostel, Bergen`,
      expected: {
        bookingNumber: "90112",
        hotel: "Harbour Hostel",
        guestName: "Ms Nilsen",
        checkIn: "2026-07-02",
        checkOut: "2026-07-06",
        nights: 4,
        guests: 3,
        roomType: null,
        totalPrice: 212,
        cityTax: 12,
        currency: "USD",
        breakfastIncluded: false,
        paid: true,
      },
    },
  ],
};
