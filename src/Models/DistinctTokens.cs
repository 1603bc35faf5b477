using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>The different tokens of a batch, in the order in which they first come.</summary>
internal sealed class DistinctTokens : IDisposable
{
    private readonly Tensor<int> _first;

    public DistinctTokens(Tensor<int> tokens, int vocabulary)
    {
        using Tensor<int> host = tokens.To(Device.Cpu);
        using Tensor<int> contiguous = host.Contiguous();
        using Tensor<int> places = Tensor.Full([vocabulary], -1);
        int n = checked((int)tokens.Length);
        Tensor<int> firstHost = Tensor.Empty<int>([n]);
        Tensor<int> rowsHost = Tensor.Empty<int>([n]);
        ReadOnlySpan<int> all = contiguous.Span;
        Span<int> first = firstHost.WritableSpan;
        Span<int> rows = rowsHost.WritableSpan;
        Span<int> place = places.WritableSpan;
        int count = 0;
        for (int i = 0; i < n; i++)
        {
            int token = all[i];
            if ((uint)token >= (uint)vocabulary)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(tokens),
                    $"Transformer: tokens must be 0 … {vocabulary - 1}; got {token}.");
            }

            if (place[token] < 0)
            {
                place[token] = count;
                first[count++] = token;
            }

            rows[i] = place[token];
        }

        _first = firstHost.MoveTo(tokens.Device);
        Rows = rowsHost.MoveTo(tokens.Device);
        Tokens = _first.Slice(0, 0, count);
    }

    /// <summary>int32 [distinct].</summary>
    public Tensor<int> Tokens { get; }

    /// <summary>int32 [n]: which of <see cref="Tokens"/> each token is.</summary>
    public Tensor<int> Rows { get; }

    public void Dispose()
    {
        _first.Dispose();
        Rows.Dispose();
    }
}
