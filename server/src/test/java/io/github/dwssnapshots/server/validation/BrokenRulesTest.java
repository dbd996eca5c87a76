package io.github.dwssnapshots.server.validation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dwssnapshots.server.error.Failure;
import org.junit.jupiter.api.Test;

class BrokenRulesTest {
  @Test
  void theFirstTenAreToldAndHowManyMoreThereAre() {
    BrokenRules broken = new BrokenRules();
    broken.throwIfAny();
    for (int i = 1; i <= 12; i++) {
      broken.add("rule %d", i);
    }
    assertEquals(
        "Request error: rule 1; rule 2; rule 3; rule 4; rule 5; rule 6; rule 7; rule 8; rule 9; rule 10;"
            + " and 2 more",
        assertThrows(Failure.class, broken::throwIfAny).getMessage());
  }
}
