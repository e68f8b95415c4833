/* What tests outside a browser use. */
export { check } from "./check";
export { dayOf, dayText, decOf, planOf, rateable, todayVn } from "./plan";
export { checkDigit, prefixOf, sheetParse, sheetText, sheetTyped }
  from "./sheet";
export { dayTyped, perSheet, serves } from "./plan";
export { fixedUnits, keyed, markKeys, SheetForm } from "./sheetform";
export { fits } from "./dom";
export { inTurn, standOf, toDo } from "./queries_state";
