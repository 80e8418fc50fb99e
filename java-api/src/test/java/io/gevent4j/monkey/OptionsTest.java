package io.gevent4j.monkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void shouldPatchAllButFilesByDefault() {
    assertThat(Options.parse(null).patches())
        .isEqualTo(Patch.byDefault())
        .doesNotContain(Patch.FILES);
    assertThat(Options.parse("").hubs()).isEqualTo(1);
    assertThat(Options.parse("").verbose()).isFalse();
  }

  @Test
  void shouldTakeTheLatterOfTwo() {
    assertThat(Options.parse("no-all, dns ,files,no-dns").patches()).containsExactly(Patch.FILES);
    assertThat(Options.parse("w=2,w=4,verbose").hubs()).isEqualTo(4);
  }

  @Test
  void shouldReadWhatItPrints() {
    Options options = Options.defaults().only(Patch.TIME, Patch.DNS).hubs(3).verbose(true);
    assertThat(Options.parse(options.toString())).hasToString(options.toString());
    assertThat(options.patches()).containsExactly(Patch.TIME, Patch.DNS);
  }

  @Test
  void shouldRefuseWhatMakesNoSense() {
    for (String wrong :
        new String[] {"w=0", "w=-1", "w=257", "w=", "w=two", "no-w=1", "no-", "x"}) {
      assertThatThrownBy(() -> Options.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
