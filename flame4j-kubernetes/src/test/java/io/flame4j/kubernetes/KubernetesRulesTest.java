package io.flame4j.kubernetes;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which package of this module may know which: the table in ARCHITECTURE.md. */
class KubernetesRulesTest {

    private static final String API = "io.flame4j.kubernetes.internal.api..";
    private static final String BACKEND = "io.flame4j.kubernetes.internal.backend..";
    private static final String DIAGNOSIS = "io.flame4j.kubernetes.internal.diagnosis..";
    private static final String DOCTOR = "io.flame4j.kubernetes.internal.doctor..";
    private static final String PODS = "io.flame4j.kubernetes.internal.pods..";
    private static final String PUBLIC = "io.flame4j.kubernetes";

    /** The options that say what is taken over from the parent's pod. */
    private static final Set<Class<?>> WHAT_IS_INHERITED = Set.of(Inherit.class, Entrypoint.class);

    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(PUBLIC);

    @Test
    void pods_are_made_from_what_is_given_and_of_nothing_else() {
        none(PODS, API, BACKEND, DIAGNOSIS, DOCTOR);
        noClasses()
                .that()
                .resideInAPackage(PODS)
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "options that are not about what is inherited", KubernetesRulesTest::isOtherOption))
                .check(MODULE);
    }

    private static boolean isOtherOption(JavaClass used) {
        return used.getPackageName().equals(PUBLIC)
                && WHAT_IS_INHERITED.stream().noneMatch(used::isEquivalentTo);
    }

    @Test
    void what_the_state_of_a_pod_means_needs_no_server() {
        none(DIAGNOSIS, API, BACKEND, DOCTOR, PUBLIC);
    }

    @Test
    void the_server_is_talked_to_without_knowing_what_for() {
        none(API, BACKEND, DIAGNOSIS, DOCTOR, PUBLIC);
    }

    @Test
    void the_shell_does_not_know_the_doctor_nor_the_builder() {
        none(BACKEND, DOCTOR, PUBLIC);
    }

    @Test
    void internal_packages_are_free_of_cycles() {
        slices().matching("io.flame4j.kubernetes.internal.(*)..")
                .should()
                .beFreeOfCycles()
                .check(MODULE);
    }

    private static void none(String knowing, String... known) {
        noClasses()
                .that()
                .resideInAPackage(knowing)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(known)
                .check(MODULE);
    }
}
