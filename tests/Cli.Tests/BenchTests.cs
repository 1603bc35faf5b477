using System.Text.Json;
using Vitrine.Cli.Bench;
using Vitrine.Cli.CommandLine;

namespace Vitrine.Cli.Tests;

public class BenchTests
{
    [Fact]
    public void A_step_with_layers_has_the_documented_shape()
    {
        using var bench = new StepBench(layers: 2);
        StepTiming timing = bench.Time(seconds: 0, TestContext.Current.CancellationToken);
        Assert.Equal(2, timing.Layers);
        Assert.True(timing.ManagedBytes > 0);
        List<StepTiming> timings = [timing];
        using JsonDocument json = JsonDocument.Parse(
            JsonSerializer.Serialize(timings, CliJson.Readable.ListStepTiming));
        DocumentedShape.Check("`bench step --json`", json.RootElement);
    }
}
