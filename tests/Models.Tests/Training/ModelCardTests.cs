using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Models.Training;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Training;

public sealed class ModelCardTests
{
    private const int Vocabulary = 40;

    [Theory]
    [InlineData(0, PositionKind.None, true)]
    [InlineData(1, PositionKind.None, false)]
    [InlineData(2, PositionKind.Relative, true)]
    [InlineData(2, PositionKind.Learned, true)]
    public void The_program_of_the_card_reproduces_a_logit(
        int layers, PositionKind positions, bool outputBias)
    {
        TransformerConfig config = layers == 0 ? TransformerConfig.ZeroLayer(6, Vocabulary)
            : TransformerConfig.AttentionOnly(
                layers, 2, 6, 4, Vocabulary, context: 160, positions);
        config = config with { Embedding = config.Embedding with { OutputBias = outputBias } };
        using Transformer model = Transformer.Initial(config, seed: 3, standardDeviation: 1);
        ulong stream = 9;
        foreach (Parameter parameter in model.Parameters)
        {
            Ops.RandomNormal(parameter.Storage, seed: 4, stream++);
        }

        // Long enough to reach the buckets that distances share.
        int[] tokens = [.. Enumerable.Range(0, 150).Select(i => i * i % Vocabulary)];
        using Tape tape = Tape.NoGrad();
        using Tensor<int> batch = model.Batch(tokens);
        float expected = model.Forward(tape, batch).Value[0, tokens.Length - 1, 7];

        using var folder = new TemporaryFolder();
        model.Weights().Write(folder["model.safetensors"]);
        File.WriteAllText(folder["logit.py"], ModelCard.Python(config, tokens, 7));
        double printed = double.Parse(
            Python(folder.Path, "logit.py"), CultureInfo.InvariantCulture);
        Assert.Equal(expected, printed, 1e-4 * (1 + Math.Abs(expected)));
    }

    [Fact]
    public void Models_that_the_program_cannot_compute_have_none() => Assert.All(
        (TransformerConfig[])
        [
            TransformerConfig.AttentionOnly(1, 2, 6, 4, 9, 8, PositionKind.Rotary),
            TransformerConfig.AttentionOnly(1, 2, 6, 4, 9, 8) with { Norm = NormKind.LayerNorm },
            TransformerConfig.AttentionOnly(1, 2, 6, 4, 9, 8)
                .WithAttention(heads => heads with { Biases = true }),
        ],
        config => Assert.Null(ModelCard.Python(config, [1, 2], 3)));

    private static string Python(string folder, string program)
    {
        var start = new ProcessStartInfo("python3", program)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return output;
        }
        catch (Win32Exception)
        {
            Assert.Skip("Python 3 is needed to run the program of a model card.");
            throw;
        }
    }
}
