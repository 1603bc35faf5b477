using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using Vitrine.Cli.Bench;
using Vitrine.Models;
using Vitrine.Models.Positions;
using static TorchSharp.torch;

namespace Vitrine.Peers;

/// <summary>The training step of a <see cref="StepBench"/> as TorchSharp does it: Embedding; for
/// each layer one Linear for queries, keys and values, scaled_dot_product_attention with causal
/// mask and relative bias in one, one Linear; Linear with bias, cross_entropy, optim.AdamW; a
/// dispose scope a step.</summary>
internal sealed class TorchStep : IDisposable
{
    private readonly Embedding _embed;
    private readonly Layer[] _layers;
    private readonly Linear _unembed;
    private readonly optim.Optimizer _optimizer;
    private readonly torch.Tensor _tokens;
    private readonly torch.Tensor _targets;

    /// <summary>Takes over the weights and tokens.</summary>
    public TorchStep(StepBench ours)
    {
        Models.Transformer model = ours.Model;
        (int vocabulary, int width) = (model.Config.Vocabulary, model.Config.DModel);
        _embed = nn.Embedding(vocabulary, width);
        _unembed = nn.Linear(width, vocabulary, hasBias: true);
        Copy(_embed.weight!, model.Embed.W_E.Value);
        Copy(_unembed.weight!, model.Unembed.W_U.Value.Transpose());
        Copy(_unembed.bias!, model.Unembed.B_U.Value);
        _layers = [.. model.Blocks.Select(block => new Layer(model.Config, block.Attn))];
        _tokens = Indices(ours.Tokens);
        _targets = Indices(ours.Targets).reshape(-1);
        _optimizer = optim.AdamW(
            [
                .. _embed.parameters(), .. _layers.SelectMany(layer => layer.Parameters),
                .. _unembed.parameters(),
            ],
            StepBench.LearningRate, 0.9, StepBench.Beta2, 1e-8, 0);
    }

    /// <summary>One training step; returns the mean loss in nats.</summary>
    public float Step()
    {
        using DisposeScope scope = NewDisposeScope();
        _optimizer.zero_grad();
        torch.Tensor stream = _embed.forward(_tokens);
        foreach (Layer layer in _layers)
        {
            stream = stream + layer.Forward(stream);
        }

        torch.Tensor logits = _unembed.forward(stream).reshape(-1, _unembed.weight!.shape[0]);
        torch.Tensor loss = nn.functional.cross_entropy(logits, _targets);
        loss.backward();
        _optimizer.step();
        return loss.item<float>();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _embed.Dispose();
        _unembed.Dispose();
        _tokens.Dispose();
        _targets.Dispose();
        Array.ForEach(_layers, layer => layer.Dispose());
    }

    private static void Copy(torch.Tensor to, Tensors.Tensor<float> from)
    {
        using var noGrad = no_grad();
        using Tensors.Tensor<float> values = from.Clone();
        using torch.Tensor copy = tensor(values.Span.ToArray(), to.shape);
        to.copy_(copy);
    }

    private static torch.Tensor Indices(Tensors.Tensor<int> values) => tensor(
        values.Span.ToArray(), values.Shape[0], values.Shape[1]).to(int64);

    /// <summary>Heads without biases, with T5 relative bias.</summary>
    private sealed class Layer : IDisposable
    {
        private readonly int _heads;
        private readonly Linear _read;
        private readonly Linear _write;
        private readonly Embedding _bias;
        private readonly torch.Tensor _buckets;
        private readonly torch.Tensor _hidden;

        public Layer(TransformerConfig config, AttentionLayer attention)
        {
            (int width, int all) = (config.DModel, config.Heads * config.DHead);
            _heads = config.Heads;
            _read = nn.Linear(width, 3 * all, hasBias: false);
            _write = nn.Linear(all, width, hasBias: false);
            _bias = nn.Embedding(config.Positions.RelativeBuckets, config.Heads);
            Copy(_bias.weight!, attention.RelativeBias!.Value);
            using (torch.Tensor read = _read.weight!.detach())
            {
                // [head, dModel, dHead] to rows of (head, dHead).
                Copy(read.narrow(0, 0, all), Rows(attention.W_Q));
                Copy(read.narrow(0, all, all), Rows(attention.W_K));
                Copy(read.narrow(0, 2 * all, all), Rows(attention.W_V));
            }

            using Tensors.Tensor<float> write = attention.W_O.Value.Reshape(all, width);
            Copy(_write.weight!, write.Transpose());
            int length = config.Context;
            var buckets = new long[length * length];
            for (int i = 0; i < length; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    buckets[(i * length) + j] = RelativeBuckets.Of(
                        i - j, true, config.Positions.RelativeBuckets,
                        config.Positions.RelativeMaxDistance);
                }
            }

            _buckets = tensor(buckets, length, length);
            _hidden = full([length, length], float.NegativeInfinity).triu(1);
        }

        public IEnumerable<Parameter> Parameters =>
            [.. _read.parameters(), .. _write.parameters(), .. _bias.parameters()];

        /// <summary>[batch, pos, dModel] to the same.</summary>
        public torch.Tensor Forward(torch.Tensor x)
        {
            (long batch, long pos) = (x.shape[0], x.shape[1]);
            torch.Tensor[] heads = _read.forward(x).view(batch, pos, 3, _heads, -1)
                .permute(2, 0, 3, 1, 4).unbind(0);
            torch.Tensor mask = _bias.forward(_buckets).permute(2, 0, 1) + _hidden;
            torch.Tensor z = nn.functional.scaled_dot_product_attention(
                heads[0], heads[1], heads[2], mask.unsqueeze(0));
            return _write.forward(z.transpose(1, 2).reshape(batch, pos, -1));
        }

        public void Dispose()
        {
            _read.Dispose();
            _write.Dispose();
            _bias.Dispose();
            _buckets.Dispose();
            _hidden.Dispose();
        }

        private static Tensors.Tensor<float> Rows(Autograd.Parameter weight) => weight.Value
            .Transpose(1, 2).Clone().Reshape(-1, weight.Shape[1]);
    }
}
