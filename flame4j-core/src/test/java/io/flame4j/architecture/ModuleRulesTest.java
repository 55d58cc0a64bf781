package io.flame4j.architecture;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which package of the core may know which: the table of "rooms" in ARCHITECTURE.md, and a few house rules. */
class ModuleRulesTest {

    /** The public classes through which the API reaches its implementation. No other may. */
    private static final Set<String> ENTRY_POINTS = Set.of(
            "io.flame4j.Flame",
            "io.flame4j.FlameParent",
            "io.flame4j.FlamePoolBuilder",
            "io.flame4j.FlameRunner",
            "io.flame4j.ResultFilter",
            "io.flame4j.RunnerContext");

    /** The one backend that plays the runner itself. */
    private static final Set<String> IN_PROCESS_BACKENDS = Set.of("io.flame4j.backend.LocalBackend");

    /**
     * The simple names of the classes that may ask the system for the time or sleep; others are given one of them, or
     * {@code System::nanoTime} as a function.
     */
    private static final Set<String> CLOCKS = Set.of("Clock", "SystemClock", "Time", "Ticker");

    private static final String API = "io.flame4j";
    private static final String BACKEND = "io.flame4j.backend..";
    private static final String CODEC = "io.flame4j.codec..";
    private static final String INTERNAL = "io.flame4j.internal..";
    private static final String CLOSURE = "io.flame4j.internal.closure..";
    private static final String POOL = "io.flame4j.internal.pool..";
    private static final String RUNNER = "io.flame4j.internal.runner..";
    private static final String SYNC = "io.flame4j.internal.sync..";
    private static final String WIRE = "io.flame4j.internal.wire..";

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("flame4j-test-support"))
            .importPackages("io.flame4j");

    @Test
    void the_wire_carries_frames_and_knows_nothing_of_what_they_are_for() {
        check(noClasses()
                .that()
                .resideInAPackage(WIRE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(POOL, RUNNER, CLOSURE, SYNC));
    }

    @Test
    void closures_know_neither_end_of_a_call() {
        check(noClasses()
                .that()
                .resideInAPackage(CLOSURE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(POOL, RUNNER));
    }

    @Test
    void contexts_are_read_and_written_without_knowing_either_end_of_a_call() {
        check(noClasses()
                .that()
                .resideInAPackage("io.flame4j.internal.context..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(POOL, RUNNER, WIRE, CLOSURE));
        check(noClasses()
                .that()
                .resideInAPackage("io.flame4j.context..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(INTERNAL));
    }

    @Test
    void logs_are_read_and_written_without_knowing_either_end_of_a_connection() {
        check(noClasses()
                .that()
                .resideInAPackage("io.flame4j.internal.logs..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(POOL, RUNNER, WIRE, CLOSURE));
        check(noClasses()
                .that()
                .resideInAPackage("io.flame4j.logs..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(INTERNAL));
    }

    @Test
    void flight_recordings_know_the_api_alone_and_are_known_to_those_who_tell_listeners() {
        check(noClasses()
                .that()
                .resideInAPackage("io.flame4j.internal.jfr..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(POOL, RUNNER, WIRE, CLOSURE));
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.flame4j.internal.jfr..")
                .and()
                .doNotHaveFullyQualifiedName("io.flame4j.internal.pool.Listeners")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.flame4j.internal.jfr..", "jdk.jfr.."));
    }

    @Test
    void class_path_sync_knows_neither_end_of_a_call() {
        check(noClasses()
                .that()
                .resideInAPackage(SYNC)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(POOL, RUNNER));
    }

    @Test
    void the_runner_does_not_know_the_pool() {
        check(noClasses()
                .that()
                .resideInAPackage(RUNNER)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(POOL));
    }

    @Test
    void the_pool_does_not_know_the_runner() {
        check(noClasses()
                .that()
                .resideInAPackage(POOL)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(RUNNER));
    }

    @Test
    void the_api_reaches_its_implementation_through_entry_points_alone() {
        check(noClasses()
                .that()
                .resideInAPackage(API)
                .and(are(not(partOf(ENTRY_POINTS))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(INTERNAL));
    }

    @Test
    void backends_start_jvms_and_know_neither_the_pool_nor_the_runner() {
        check(noClasses()
                .that()
                .resideInAPackage(BACKEND)
                .and(are(not(partOf(IN_PROCESS_BACKENDS))))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(POOL, RUNNER));
        check(noClasses()
                .that()
                .resideInAPackage(BACKEND)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(POOL));
    }

    @Test
    void codecs_know_neither_the_wire_nor_either_end_of_a_call() {
        check(noClasses()
                .that()
                .resideInAPackage(CODEC)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(POOL, RUNNER, WIRE, SYNC));
    }

    @Test
    void internal_packages_are_free_of_cycles() {
        check(slices().matching("io.flame4j.internal.(*)..").should().beFreeOfCycles());
    }

    @Test
    void the_scheduler_is_a_pure_state_machine() {
        check(noClasses()
                .that(are(partOf(Set.of("io.flame4j.internal.pool.PoolScheduler"))))
                .should()
                .dependOnClassesThat(resideInAPackage("java.util.concurrent..")
                        .or(resideInAPackage("java.net.."))
                        .or(resideInAPackage("java.nio.."))
                        .or(assignableTo(Thread.class))));
    }

    @Test
    void time_and_sleep_come_from_a_clock_that_tests_can_replace() {
        DescribedPredicate<JavaClass> clock = DescribedPredicate.describe(
                "clocks", c -> CLOCKS.contains(outermost(c).getSimpleName()));
        check(noClasses()
                .that(are(not(clock)))
                .should()
                .callMethodWhere(target(name("sleep"))
                        .and(target(owner(assignableTo(Thread.class).or(assignableTo(TimeUnit.class))))))
                .orShould()
                .callMethodWhere(target(name("currentTimeMillis").or(name("nanoTime")))
                        .and(target(owner(assignableTo(System.class)))))
                .because("deadlines and idle times are tested with a clock set by hand"));
    }

    /** Not even a clock does: the time of day jumps, and no deadline, heartbeat or idle time may jump with it. */
    @Test
    void nobody_reads_the_time_of_day() {
        check(noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethodWhere(target(name("now")).and(target(owner(resideInAPackage("java.time..")))))
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.time.Clock.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.util.Date.class));
    }

    @Test
    void the_core_logs_through_slf4j_alone() {
        check(noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging.."));
        check(noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace"));
    }

    @Test
    void only_exported_packages_hold_public_types_of_the_api() {
        check(classes()
                .that()
                .resideOutsideOfPackage(INTERNAL)
                .should()
                .resideInAnyPackage(
                        "io.flame4j", "io.flame4j.backend", "io.flame4j.codec", "io.flame4j.context", "io.flame4j.logs")
                .because("module-info exports these, and anything else belongs under io.flame4j.internal"));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(CORE);
    }

    private static DescribedPredicate<JavaClass> partOf(Set<String> names) {
        return DescribedPredicate.describe(
                "part of one of " + names, c -> names.contains(outermost(c).getName()));
    }

    private static DescribedPredicate<JavaClass> not(DescribedPredicate<JavaClass> predicate) {
        return DescribedPredicate.not(predicate);
    }

    private static JavaClass outermost(JavaClass c) {
        return c.getEnclosingClass().map(ModuleRulesTest::outermost).orElse(c);
    }
}
