package io.flame4j.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of {@link JvmCommand}, row by row. */
class JvmOptionsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Xmx4g",
                "-Xms1g",
                "-Xss1m",
                "-XX:MaxRAMPercentage=75.0",
                "-XX:+UseZGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:OnOutOfMemoryError=kill -9 %p",
                "-XX:OnError=gdb - %p",
                "-XX:NativeMemoryTracking=summary",
                "-XX:SharedArchiveFile=app.jsa",
                "-XX:AOTCache=app.aot",
                "-XX:AOTMode=auto",
                "-Xshare:auto",
                "-XX:ErrorFile=/var/log/hs_err_%p.log",
                "-XX:+FlightRecorder",
                "-XX:Flags=.hotspotrc",
                "-Xlog:gc",
                "-Xlog:gc*:stdout:time",
                "-Xlog:gc*::time",
                "-Xlog:disable",
                "-Xlog:gc:file=gc-%p.log",
                "-Xloggc:gc-%p.log",
                "-verbose:gc",
                "-ea",
                "-esa",
                "--enable-preview",
                "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-modules=java.sql",
                "-Dname=value",
                "-Djava.io.tmpdir=/tmp",
                "-javaagent:/opt/opentelemetry-javaagent.jar",
                "-javaagent:/m2/org.jacoco.agent-0.8.15-runtime.jar=destfile=jacoco.exec,append=true",
                "-agentpath:/opt/libown.so=a=b",
                "-Xbootclasspath/a:x.jar"
            })
    void kept(String option) {
        assertThat(JvmOptions.isShareable(option)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=5005",
                "-Xrunjdwp:transport=dt_socket",
                "-Xdebug",
                "-Xnoagent",
                "-Dcom.sun.management.jmxremote",
                "-Dcom.sun.management.jmxremote.port=9010",
                "-Dcom.sun.management.config.file=x",
                "-XX:+ManagementServer",
                "-javaagent:/idea/lib/idea_rt.jar=43210:/idea/bin",
                "-javaagent:/idea/plugins/java/lib/rt/debugger-agent.jar=file:/tmp/capture.props",
                "-javaagent:jmx_prometheus_javaagent-1.0.1.jar=9404:config.yaml",
                "-javaagent:/opt/jolokia-agent-jvm.jar=port=8778",
                "-agentpath:/opt/yourkit/libyjpagent.so=port=10001",
                "-agentpath:/opt/jprofiler/libjprofilerti.so=port=8849",
                "-agentpath:/opt/libasyncProfiler.so=start,event=cpu,file=p.jfr",
                "-XX:+HeapDumpOnOutOfMemoryError",
                "-XX:HeapDumpPath=/dumps",
                "-XX:ErrorFile=/var/log/hs_err.log",
                "-XX:LogFile=vm.log",
                "-XX:ReplayDataFile=replay.log",
                "-Xloggc:gc.log",
                "-Xlog:gc*:file=gc.log",
                "-Xlog:gc*:gc.log:time:filecount=5",
                "-Xlog:all=warning:file=\"C:\\logs\\gc.log\"",
                "-XX:StartFlightRecording",
                "-XX:StartFlightRecording:filename=x.jfr",
                "-XX:StartFlightRecording=dumponexit=true",
                "-XX:FlightRecorderOptions=repository=/jfr",
                "-XX:ArchiveClassesAtExit=app.jsa",
                "-XX:+AutoCreateSharedArchive",
                "-XX:+RecordDynamicDumpInfo",
                "-XX:DumpLoadedClassList=x",
                "-XX:AOTCacheOutput=app.aot",
                "-XX:AOTConfiguration=app.aotconf",
                "-XX:AOTMode=record",
                "-XX:AOTMode=create",
                "-XX:AOTMode=on",
                "-XX:CRaCCheckpointTo=/cr",
                "-XX:+PerfDataSaveToFile",
                "-XX:PerfDataSaveFile=x",
                "-Xshare:on",
                "-Xshare:dump",
                "--module-path=mods",
                "-Djava.class.path=x",
                "-Djdk.module.main=app",
                "-Djdk.module.main.class=app.Main",
                "-Dsun.java.command=x",
                "-Dloader.main=x",
                "-Dloader.args=x",
                "vfprintf"
            })
    void left_out(String option) {
        assertThat(JvmOptions.isShareable(option)).isFalse();
    }

    @Test
    void cache_that_is_being_made_is_no_cache_to_read() {
        List<String> options = List.of("-XX:AOTMode=create", "-XX:AOTCache=app.aot", "-Xmx1g");

        assertThat(JvmOptions.select(options, true)).containsExactly("-Xmx1g");
        assertThat(JvmOptions.select(options, false)).containsExactly("-XX:AOTMode=create", "-XX:AOTCache=app.aot");
    }
}
