// @ts-check
/** The young person's room. */
import { startRoom } from "./page.js";

startRoom();
